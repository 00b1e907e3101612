namespace OptGen;

public static partial class Ops
{
    /// <summary>Joins tensors of one shape along a new first axis.</summary>
    /// <param name="parts">The tensors.</param>
    public static Tensor Stack(params Tensor[] parts)
    {
        Tensor[] widened = new Tensor[parts.Length];
        for (int i = 0; i < parts.Length; i++)
            widened[i] = Reshape(parts[i], [1, .. parts[i].Shape]);
        return Concat(0, widened);
    }
}

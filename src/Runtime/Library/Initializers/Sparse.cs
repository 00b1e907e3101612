namespace OptGen;

public static partial class Initializers
{
    /// <summary>
    /// For each output, 15 inputs chosen at random have weights that are normal with standard deviation gain, and the others 0; with no more than 15 inputs, all have.
    /// Units differ strongly, however many inputs there are.
    /// </summary>
    /// <remarks>Martens, "Deep learning via Hessian-free optimization", 2010, section 5.</remarks>
    public static void Sparse(in InitializerInput input, Span<double> values)
    {
        const int connections = 15;
        int outputs = input.Shape.IsEmpty ? 1 : input.Shape[^1], inputs = outputs == 0 ? 0 : values.Length / outputs;
        int[] order = new int[inputs];
        for (int i = 0; i < inputs; i++)
            order[i] = i;
        values.Clear();
        for (int output = 0; output < outputs; output++)
        {
            // The first steps of a shuffle, whichever order the last output left.
            for (int i = 0; i < Math.Min(connections, inputs); i++)
            {
                InitializerInput draw = input.At(((long)output * connections) + i);
                int chosen = i + (int)(Philox.UniformDouble(draw.Seed, draw.Stream, draw.Index + (1L << 40)) * (inputs - i));
                (order[i], order[chosen]) = (order[chosen], order[i]);
                values[(order[i] * outputs) + output] = draw.Gain * draw.Normal;
            }
        }
    }
}

namespace OptGen;

public static partial class Ops
{
    /// <summary>Adds elements before and after those along an axis.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis that grows.</param>
    /// <param name="before">How many elements are added in front.</param>
    /// <param name="after">How many are added behind.</param>
    /// <param name="value">What they are, 0 by default.</param>
    public static Tensor Pad(Tensor x, int axis, int before, int after, float value = 0)
    {
        if (before < 0 || after < 0)
            throw new ArgumentException("a padding must not be negative", before < 0 ? nameof(before) : nameof(after));
        int along = axis < 0 ? x.Rank + axis : axis;
        string positions = "", result = "";
        for (int i = 0; i < x.Rank; i++)
        {
            string comma = i == 0 ? "" : ", ";
            positions += i == along ? $"{comma}a{i} - {before}" : $"{comma}a{i}";
            result += i == along ? $"{comma}a{i}:{x.Shape[i] + before + after}" : $"{comma}a{i}";
        }

        return View($"[{positions}] -> [{result}]", x, value);
    }
}

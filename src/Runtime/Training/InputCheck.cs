using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace OptGen;

/// <summary>
/// Checks what a caller hands to a generated method, before anything is changed; a failure names the argument, what was given and what was expected.
/// </summary>
public static class InputCheck
{
    /// <summary>Number of whole rows of <paramref name="rowSize"/> elements in a span of <paramref name="length"/>; 0 of an empty one.</summary>
    /// <exception cref="ArgumentException">The length is not a multiple of the row size.</exception>
    public static int Rows(int length, int rowSize, string name)
    {
        int rows = length / rowSize;
        if (rows * rowSize != length)
            ThrowPartialRow(length, rowSize, name);
        return rows;
    }

    /// <summary>Number of rows of a batch: at least 1, at most <paramref name="batch"/>.</summary>
    /// <exception cref="ArgumentException">The length is not a multiple of the row size, or the number of rows is out of range.</exception>
    public static int BatchRows(int length, int rowSize, int batch, string name)
    {
        int rows = Rows(length, rowSize, name);
        if (rows < 1 || rows > batch)
            ThrowBatch(rows, batch, name);
        return rows;
    }

    /// <summary>Checks that a span holds exactly <paramref name="rows"/> rows of <paramref name="rowSize"/> elements.</summary>
    /// <exception cref="ArgumentException">It does not.</exception>
    public static void Length(int length, int rowSize, int rows, string name)
    {
        if (length != (long)rowSize * rows)
            ThrowLength(length, rowSize, rows, name);
    }

    /// <summary>Checks that a span can take <paramref name="rows"/> rows of <paramref name="rowSize"/> elements.</summary>
    /// <exception cref="ArgumentException">It is too short.</exception>
    public static void Capacity(int length, int rowSize, int rows, string name)
    {
        if (length < (long)rowSize * rows)
            ThrowCapacity(length, rowSize, rows, name);
    }

    /// <summary>Checks that two flat spans have one length.</summary>
    /// <exception cref="ArgumentException">They differ.</exception>
    public static void SameLength(int length, int expected, string name)
    {
        if (length != expected)
            ThrowSameLength(length, expected, name);
    }

    /// <summary>Checks that as many tensors come, each of the length, as an optimizer was created for.</summary>
    /// <exception cref="ArgumentException">They don't.</exception>
    public static void SameLengths<T>(ReadOnlySpan<Memory<T>> parameters, ReadOnlySpan<ReadOnlyMemory<T>> gradients, Kernels.Segment[] segments)
    {
        ArgumentNullException.ThrowIfNull(segments);
        SameCount(parameters.Length, segments.Length, nameof(parameters));
        SameCount(gradients.Length, segments.Length, nameof(gradients));
        for (int i = 0; i < segments.Length; i++)
        {
            if (parameters[i].Length != segments[i].Length)
                ThrowTensorLength(parameters[i].Length, segments[i].Length, i, nameof(parameters));
            if (gradients[i].Length != segments[i].Length)
                ThrowTensorLength(gradients[i].Length, segments[i].Length, i, nameof(gradients));
        }
    }

    /// <summary>Checks that parameters are moved for the second gradient, or are not.</summary>
    /// <exception cref="InvalidOperationException">It is the other way round.</exception>
    public static void Perturbed(bool isPerturbed, bool expected)
    {
        if (isPerturbed != expected)
            ThrowPerturbed(isPerturbed);
    }

    /// <summary>Checks that the elements of a tensor lie next to each other.</summary>
    /// <exception cref="ArgumentException">They don't.</exception>
    public static void Dense(bool isDense, string name)
    {
        if (!isDense)
            ThrowNotDense(name);
    }

    /// <summary>Copies class labels, each below <paramref name="classes"/>, to where the program reads them. Nothing is copied if one is not.</summary>
    /// <exception cref="ArgumentException">A label is negative or not below <paramref name="classes"/>.</exception>
    public static void Labels(ReadOnlySpan<int> labels, int classes, Span<float> staged, string name)
    {
        CheckLabels(labels, classes, name);
        for (int i = 0; i < labels.Length; i++)
            staged[i] = labels[i];
    }

    /// <inheritdoc cref="Labels(ReadOnlySpan{int}, int, Span{float}, string)"/>
    public static void Labels(ReadOnlySpan<int> labels, int classes, Span<double> staged, string name)
    {
        CheckLabels(labels, classes, name);
        for (int i = 0; i < labels.Length; i++)
            staged[i] = labels[i];
    }

    private static void CheckLabels(ReadOnlySpan<int> labels, int classes, string name)
    {
        for (int i = 0; i < labels.Length; i++)
        {
            if ((uint)labels[i] >= (uint)classes)
                ThrowLabel(labels[i], i, classes, name);
        }
    }

    /// <summary>What the property of a hyperparameter throws at a value out of its range.</summary>
    /// <param name="value">The value.</param>
    /// <param name="range">The range in words.</param>
    /// <param name="name">Name of the property.</param>
    public static ArgumentOutOfRangeException OutOfRange(object value, string range, [CallerMemberName] string name = "") =>
        new(name, value, $"{name} must be {range}.");

    [DoesNotReturn]
    private static void ThrowPartialRow(int length, int rowSize, string name) =>
        throw new ArgumentException($"{name} has {length} elements, which is not a whole number of rows of {rowSize}.", name);

    [DoesNotReturn]
    private static void ThrowBatch(int rows, int batch, string name)
    {
        string fault = rows == 0 ? $"is empty; it needs 1 to {batch} rows." : $"has {rows} rows; the batch takes at most {batch}.";
        throw new ArgumentException($"{name} {fault}", name);
    }

    [DoesNotReturn]
    private static void ThrowLength(int length, int rowSize, int rows, string name) =>
        throw new ArgumentException($"{name} has {length} elements; {rows} rows of {rowSize} are {(long)rowSize * rows}.", name);

    [DoesNotReturn]
    private static void ThrowCapacity(int length, int rowSize, int rows, string name) =>
        throw new ArgumentException($"{name} has room for {length} elements; {rows} rows of {rowSize} need {(long)rowSize * rows}.", name);

    [DoesNotReturn]
    private static void ThrowSameLength(int length, int expected, string name) =>
        throw new ArgumentException($"{name} has {length} elements; {expected} are expected.", name);

    [DoesNotReturn]
    private static void ThrowLabel(int label, int index, int classes, string name) =>
        throw new ArgumentException($"{name}[{index}] is {label}; labels are 0 to {classes - 1}.", name);

    private static void SameCount(int count, int expected, string name)
    {
        if (count != expected)
            ThrowCount(count, expected, name);
    }

    [DoesNotReturn]
    private static void ThrowCount(int count, int expected, string name) =>
        throw new ArgumentException($"{count} tensors were given, but the optimizer was created for {expected}.", name);

    [DoesNotReturn]
    private static void ThrowTensorLength(int length, int expected, int tensor, string name) =>
        throw new ArgumentException($"Tensor {tensor} has {length} elements, but the optimizer was created for {expected}.", name);

    [DoesNotReturn]
    private static void ThrowPerturbed(bool isPerturbed) => throw new InvalidOperationException(isPerturbed
        ? "The parameters are moved already: take the gradient there and call Step before the next Perturb."
        : "The parameters were not moved: call Perturb with the first gradients, take the gradient there, then call Step.");

    [DoesNotReturn]
    private static void ThrowNotDense(string name) => throw new ArgumentException("The elements of the tensor do not lie next to each other.", name);
}

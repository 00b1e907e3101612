using static OptGen.Ops;

namespace OptGen;

/// <summary>Targets in the shape of predictions. Losses do not broadcast: a target of another shape would be compared with every element, and nothing would say so.</summary>
internal static class Target
{
    /// <summary>The target in the shape of the prediction. Axes of size 1 make no difference, and a constant stands for all elements.</summary>
    public static Tensor Of(Tensor prediction, Tensor target)
    {
        int[] wanted = prediction.Shape, given = target.Shape;
        if (AreSame(wanted, given) || !HasRows(target) && given.Length == 0)
            return target;
        if (AreSame(WithoutOnes(wanted), WithoutOnes(given)))
            return Reshape(target, wanted);
        throw new ArgumentException("a loss compares tensors of one shape, element by element");
    }

    /// <summary>Whether a tensor has a value of its own in each row of the batch.</summary>
    [Primitive]
    public static bool HasRows(Tensor x) => throw Symbolic.Run();

    /// <summary>1 at the class of each label in the shape of the prediction, whose last axis counts the classes; 0 elsewhere.</summary>
    public static Tensor OneHot(Tensor prediction, Labels labels)
    {
        if (prediction.Rank == 0)
            throw new ArgumentException("a loss of labels needs a prediction with one number for each class along its last axis");
        return Fit(prediction, Ops.OneHot(labels, prediction.Shape[^1]));
    }

    private static Tensor Fit(Tensor prediction, Tensor classes)
    {
        if (AreSame(prediction.Shape, classes.Shape))
            return classes;
        if (AreSame(WithoutOnes(prediction.Shape[..^1]), WithoutOnes(classes.Shape[..^1])))
            return Reshape(classes, prediction.Shape);
        throw new ArgumentException("a loss needs one label for all classes along the last axis of the prediction");
    }

    private static bool AreSame(int[] a, int[] b)
    {
        if (a.Length != b.Length)
            return false;
        for (int axis = 0; axis < a.Length; axis++)
        {
            if (a[axis] != b[axis])
                return false;
        }

        return true;
    }

    private static int[] WithoutOnes(int[] shape)
    {
        int[] kept = [];
        foreach (int size in shape)
        {
            if (size != 1)
                kept = [.. kept, size];
        }

        return kept;
    }
}

namespace OptGen;

/// <summary>
/// How a parameter is initialized: each name is a method of <see cref="Initializers"/>, which says more. For a kernel [.., inputs, outputs], fanIn is the product of
/// all sizes but the last, and fanOut the last size times those of the window.
/// </summary>
public enum Init
{
    /// <summary>All 0.</summary>
    Zero,

    /// <summary>All 1.</summary>
    One,

    /// <summary>All equal to the gain.</summary>
    Constant,

    /// <summary>Uniform in (−gain, gain).</summary>
    Uniform,

    /// <summary>Uniform in [0, gain).</summary>
    UnitUniform,

    /// <summary>Normal with standard deviation gain.</summary>
    Normal,

    /// <summary>Normal with standard deviation gain before it is cut at two standard deviations.</summary>
    TruncatedNormal,

    /// <summary>Uniform in (−gain/√fanIn, gain/√fanIn): PyTorch's default for dense and convolutional layers.</summary>
    FanInUniform,

    /// <summary>Normal with variance gain² / fanIn.</summary>
    LeCunNormal,

    /// <summary>Uniform with variance gain² / fanIn.</summary>
    LeCunUniform,

    /// <summary>Normal with variance 2·gain² / (fanIn + fanOut).</summary>
    GlorotNormal,

    /// <summary>Uniform with variance 2·gain² / (fanIn + fanOut).</summary>
    GlorotUniform,

    /// <summary>Normal with variance gain² / √(fanIn · fanOut).</summary>
    GeometricMeanNormal,

    /// <summary>Normal with variance 2·gain² / fanIn, for rectified units.</summary>
    HeNormal,

    /// <summary>Uniform with variance 2·gain² / fanIn, for rectified units.</summary>
    HeUniform,

    /// <summary>Normal with variance 2·gain² / fanOut, for rectified units.</summary>
    HeNormalFanOut,

    /// <summary>Uniform with variance 2·gain² / fanOut, for rectified units.</summary>
    HeUniformFanOut,

    /// <summary>Gain times the identity; with a window, at its center.</summary>
    Identity,

    /// <summary>Gain times an orthogonal matrix.</summary>
    Orthogonal,

    /// <summary>Gain times an orthogonal matrix at the center of the window, 0 around it.</summary>
    DeltaOrthogonal,

    /// <summary>Normal with standard deviation gain for 15 inputs of each output, 0 for the others.</summary>
    Sparse,
}

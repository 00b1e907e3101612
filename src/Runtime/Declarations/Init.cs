namespace OptGen;

/// <summary>
/// How a parameter is initialized. With fanIn = the product of all sizes but the last and fanOut = the last, the scaled ones have variance
/// gain² / fanIn (LeCun), 2·gain² / (fanIn + fanOut) (Glorot) and 2·gain² / fanIn (He), as a normal or a uniform distribution.
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

    /// <summary>Normal with standard deviation gain.</summary>
    Normal,

    /// <summary>Normal, scaled by fan-in.</summary>
    LeCunNormal,

    /// <summary>Uniform, scaled by fan-in.</summary>
    LeCunUniform,

    /// <summary>Normal, scaled by fan-in and fan-out.</summary>
    GlorotNormal,

    /// <summary>Uniform, scaled by fan-in and fan-out.</summary>
    GlorotUniform,

    /// <summary>Normal, scaled by fan-in, for rectified units.</summary>
    HeNormal,

    /// <summary>Uniform, scaled by fan-in, for rectified units.</summary>
    HeUniform,
}

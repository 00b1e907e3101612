using OptGen;

namespace CustomOptimizer;

/// <summary>The library's AdamW, without decay: what the invented rule is held against.</summary>
[Optimizer]
[AdamW(WeightDecay = 0f)]
public partial class Baseline;

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using OptGen.Generator.Diagnostics;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Tests.Optimizers;

/// <summary>Each mistake in an optimizer is reported on the very token that is wrong, with a message that names the fix.</summary>
public class OptimizerDiagnosticsTests
{
    private const string Rate = "[Hyper] public float LearningRate { get; set; } = 0.1f;";
    private const string Descent = Rate + " [Update] private void Update(ref float w, float g) => w -= LearningRate * g;";
    private const string Net = "[Model] public partial class Net { }\n";

    public static TheoryData<string, string, string> Mistakes => new()
    {
        { "OPTG030", "[Optimizer, AdamW] public class [|O|];", "'partial class O'" },
        { "OPTG030", "public class [|Outer|] { [Optimizer, AdamW] public partial class O; }", "Class 'Outer'" },
        { "OPTG031", "[Optimizer, AdamW] public abstract partial class [|O|];", "must not be abstract" },
        { "OPTG031", "[Optimizer, AdamW] public partial record [|O|];", "must not be a record" },
        { "OPTG031", "[Optimizer] public static partial class [|O|];", "must not be static" },
        { "OPTG031", "[Optimizer, AdamW] file partial class [|O|];", "must not be local to its file" },
        { "OPTG032", "[Optimizer, ClipGlobalNorm(1f)] public partial class [|O|];", "Optimizer 'O' has no update rule; add a rule such as [AdamW]" },
        { "OPTG033", "[Optimizer, Sgd, [|AdamW|]] public partial class O;", "already has the update rule 'Sgd'; remove either that or 'AdamW'" },
        { "OPTG033", "[Optimizer, AdamW] public partial class O { " + Rate + " [Update] private void [|Mine|](ref float w, float g) => w -= LearningRate * g; }", "'AdamW'" },
        { "OPTG034", "[Optimizer] public partial class O { [Update] private void [|Update|](float g) { } }", "Update method 'Update' has no 'ref float'" },
        { "OPTG034", "[Optimizer] public partial class O { [Update] private void [|Update|](float g, [State] ref float m) => m = g; }", "without [State]" },
        { "OPTG035", "[Optimizer] public partial class O { [Update] private void [|Update|](ref float w) => w = 0; }", "has no plain 'float'" },
        { "OPTG036", "[Optimizer] public partial class O { [Update] private void Update(ref float w, float g, [State] [|float|] m) => w -= g; }", "State 'm' is declared 'float'" },
        { "OPTG036", "[Optimizer] public partial class O { [Update] private void Update(ref float w, float g, [State] ref [|int|] m) => w -= g; }", "'ref int'" },
        { "OPTG037", "[Optimizer] public partial class O { [Update] private void Update(ref float w, float g, string [|name|]) => w -= g; }", "Parameter 'name' of update method" },
        { "OPTG037", "[Optimizer] public partial class O { [Update] private void Update(ref float w, float g, ref float [|m|]) => w -= g; }", "[State] ref float m" },
        { "OPTG037", "[Optimizer] public partial class O { [Update] private [|float|] Update(ref float w, float g) => w -= g; }", "The return type" },
        { "OPTG037", "[Optimizer] public partial class O { [Update] private void Update<[|T|]>(ref float w, float g) => w -= g; }", "The type parameter" },
        { "OPTG038", "[Optimizer, AdamW] public partial class O { [Hyper] public float [|Rate|] { get; } = 1; }", "'[Hyper] public float Rate { get; set; }'" },
        { "OPTG038", "[Optimizer, AdamW] public partial class O { [Hyper] public static float [|Rate|] { get; set; } = 1; }", "neither static" },
        { "OPTG039", "[Optimizer, AdamW] public partial class O { [Hyper] public [|string|] Rate { get; set; } = \"\"; }", "'Rate' is of type 'string'; the types are float, double, int and bool" },
        { "OPTG040", "public class Other { } [Optimizer<[|Other|]>, AdamW] public partial class O;", "'Other' is not marked [Model]" },
        { "OPTG043", "[Optimizer, AdamW, StepDecay(Every = 1, Drives = [|\"Rate\"|])] public partial class O;", "drives 'Rate'" },
        { "OPTG043", "[Optimizer, [|StepDecay|](Every = 1)] public partial class O { [Update] private void Update(ref float w, float g) => w -= g; }", "it has none" },
        { "OPTG046", "[Optimizer, AdamW, [|ClipGlobalNorm|](1f)] public partial class O;", "[ClipGlobalNorm] is written after the update rule [AdamW]" },
        { "OPTG047", Net + "[Optimizer<Net>, AdamW, Group([|\"Hiden.*\"|], Decay = false)] public partial class O;", "its parameters are Hidden.Kernel, Hidden.Bias" },
        { "OPTG048", "[Optimizer, AdamW, [|Group|](\"*\", Decay = false)] public partial class O;", "optimizer 'O' is bound to none" },
        { "OPTG049", "public class T : GradientTransform { public float F(float g) => g; } [Optimizer, [|T|], AdamW] public partial class O;", "has none" },
        { "OPTG051", "[Optimizer, AdamW, WarmupCosine(Total = 9), [|StepDecay|](Every = 1)] public partial class O;", "driven by 'WarmupCosine' from step 0 on already" },
        { "OPTG051", "[Optimizer, AdamW, WarmupCosine(Total = 9, From = 3), StepDecay(Every = 1, From = [|3|])] public partial class O;", "let 'StepDecay' begin later" },
        { "OPTG016", "[Optimizer, AdamW, StepDecay(Every = [|0|])] public partial class O;", "'Every' is 0, but must be positive" },
        { "OPTG016", "[Optimizer, AdamW, StepDecay(Every = 1, From = [|-1|])] public partial class O;", "'From' is -1, but must not be negative" },
        { "OPTG016", "[Optimizer, AdamW, MultiStepDecay(Milestones = [|new[] { 3, -4 }|])] public partial class O;", "'Milestones' has -4" },
        { "OPTG016", "[Optimizer, AdamW, WarmupStableDecay(Warmup = 5, Total = [|9|], Decay = 5)] public partial class O;", "the rise and the fall alone take 10 steps" },
        { "OPTG016", "[Optimizer, AdamW] public partial class O { [Schedule(From = [|-1|])] private double Rate(double initial, int step) => initial; }", "'From' is -1" },
        { "OPTG043", "[Optimizer, AdamW, [|OneCycleMomentum|](Total = 9)] public partial class O;", "drives 'Momentum'" },
        { "OPTG043", "[Optimizer, AdamW] public partial class O { [Schedule(Drives = [|\"Rate\"|])] private double Rate(double initial, int step) => initial; }", "drives 'Rate'" },
        { "OPTG051", "[Optimizer, AdamW, CosineDecay(Total = 9)] public partial class O { [[|Schedule|]] private double Rate(double initial, int step) => initial; }", "let 'Rate' begin later" },
        { "OPTG052", "[Optimizer, AdamW, StepDecay(Every = 1, Drives = \"Beta1\")] public partial class O { public float [|CurrentBeta1|] => 1; }", "(a scheduled hyperparameter)" },
        { "OPTG057", "[Optimizer, AdamW] public partial class O { [Schedule] private double [|Rate|](int step) => step; }", "'double Rate(double initial, int step)'" },
        { "OPTG057", "[Optimizer, AdamW] public partial class O { [Schedule] private float [|Rate|](double initial, int step) => 1; }", "must be 'double Rate" },
        { "OPTG057", "[Optimizer, AdamW] public partial class O { [Schedule] private double [|Rate|]<T>(double initial, int step) => 1; }", "must be 'double Rate" },
        { "OPTG058", "[Optimizer, AdamW, [|Schedule|]] public partial class O;", "Schedule 'Schedule' has no values of its own" },
        { "OPTG058", "public class S : Schedule { } [Optimizer, AdamW, [|S|]] public partial class O;", "override 'double Value(double initial, int step)'" },
        { "OPTG059", "[Optimizer, AdamW] public partial class O { [[|StepDecay|](Every = 3)] private double Rate(double initial, int step) => initial; }", "can't take those of method 'Rate'" },
        { "OPTG050", "public class T : GradientTransform { [Apply] public void [|F|](ref float g) { } } [Optimizer, T, AdamW] public partial class O;", "'float F(float g, float w, [State] ref float s, …, int step)'" },
        { "OPTG050", "public class T : GradientTransform { [Apply] public float [|F|](float g, float w, float x) => g; } [Optimizer, T, AdamW] public partial class O;", "of which all but g may be left out" },
        { "OPTG050", "public class T : ParameterTransform { [Apply] public float [|F|](float w) => w; } [Optimizer, AdamW, T] public partial class O;", "of which all but w may be left out" },
        { "OPTG052", "[Optimizer, AdamW] public partial class O { public float [|LearningRate|] => 1; }", "generated member 'LearningRate' (a hyperparameter)" },
        { "OPTG052", "[Optimizer, AdamW] public partial class [|M|];", "taken by the class itself" },
        { "OPTG053", Net + "[Optimizer<Net>, AdamW, Group([|\"Hidden.*\"|])] public partial class O;", "'Decay = false'" },
        { "OPTG054", Net + "[Optimizer, [|Optimizer<Net>|], AdamW] public partial class O;", "keep one" },
        { "OPTG055", "public class R : UpdateRule { public void F(ref float w, float g) => w -= g; } [Optimizer, [|R|]] public partial class O;", "'R' needs exactly one method marked [Update], but has none" },
        { "OPTG010", "[Optimizer] public partial class O { [Update] private void Update(ref float w, float g) { [|try|] { w -= g; } finally { } } }", "is not supported" },
        { "OPTG012", "[Optimizer] public partial class O { [Update] private void Update(ref float w, float g) => w -= MathF.[|BitIncrement|](g); }", "MathF.BitIncrement" },
        { "OPTG079", "[Optimizer, SkipNonFinite, [|Unscale|], AdamW] public partial class O;", "[SkipNonFinite] and [Unscale] both skip steps" },
        { "OPTG079", "[Optimizer, Unscale, [|SkipNonFinite|], AdamW] public partial class O;", "so [SkipNonFinite] would never see one" },
        { "OPTG080", "[Optimizer, ClipGlobalNorm(1f), [|Sam|](0.1f), AdamW] public partial class O;", "[Sam] is written after [ClipGlobalNorm], but it runs before it" },
        { "OPTG081", Net + "[Optimizer<Net>, Prodigy, Group(\"*\", LearningRateScale = [|0.1|])] public partial class O;", "'LearningRate' can't differ between groups: 'Distance' of [Prodigy]" },
        { "OPTG081", "public class T : GradientTransform { [Hyper] public float By { get; set; } = 1; [Apply] public float F(float g, [Loss] ref float loss) { loss *= By; return g * By; } } " + Net + "[Optimizer<Net>, T, PolyakSgd, Group(\"*\", Hyper = [|\"By\"|], Value = 3)] public partial class O;", "the loss of [T] is the same for all parameters" },
        { "OPTG081", Net + "[Optimizer<Net>, Prodigy, [|LayerwiseDecay|](0.5)] public partial class O;", "'LearningRate' can't differ between groups" },
        { "OPTG081", Net + "[Optimizer<Net>, Accumulate(2), AdamW, Group(\"*\", Hyper = [|\"MicroBatches\"|], Value = 3)] public partial class O;", "'MicroBatches' can't differ between groups: 'MicroBatch' of [Accumulate] is the same for all parameters" },
        { "OPTG081", "public class T : GradientTransform { [Hyper] public float Limit { get; set; } = 1; [Reduce(Over.Everything)] public float Sum(float g) => g * g; [Apply] public float F(float g) { Hold(Sum(g) > Limit); return g; } } " + Net + "[Optimizer<Net>, T, AdamW, Group(\"*\", Hyper = [|\"Limit\"|], Value = 3)] public partial class O;", "whether a step goes on of [T] is the same for all parameters" },
        { "OPTG111", Net + "[Optimizer<Net>, [|Unscale|], AdamW] public partial class O;", "[Unscale] divides by a factor on the loss" },
        { "OPTG110", "public class A : Perturbation { [Apply] public void F(ref float w, float g) => w += g; } [Optimizer, Sam(1f), [|A|], AdamW] public partial class O;", "[A] can't move them too" },
        { "OPTG112", "public class T : GradientTransform { [Apply] public float F(float g) { if (g > 1) [|Skip(true)|]; return g; } } [Optimizer, T, AdamW] public partial class O;", "must not stand inside a branch" },
        { "OPTG113", "[Optimizer, ClipExample(1f), [|PrivacyNoise|](1f), AdamW] public partial class O;", "[PrivacyNoise] takes 'MicroBatches' from [Accumulate], which does not stand before it; write [Accumulate] before [PrivacyNoise]" },
        { "OPTG113", "[Optimizer, Accumulate(4), [|PrivacyNoise|](1f), AdamW] public partial class O;", "[PrivacyNoise] takes 'ExampleNorm' from [ClipExample]" },
        { "OPTG101", "[Optimizer, Accumulate(4), [|ClipExample|](1f), PrivacyNoise(1f), AdamW] public partial class O;", "[ClipExample] must come before [Accumulate]: it is done to each micro-batch by itself" },
        { "OPTG115", "[Optimizer, [|SkipAbsentRows|], Soap] public partial class O;", "[SkipAbsentRows] leaves elements out, but [Soap] works on whole tensors" },
        { "OPTG101", "[Optimizer, L2(1f), [|SkipAbsentRows|], AdamW] public partial class O;", "[SkipAbsentRows] must come before [L2]: it looks for gradients of zero" },
        { "OPTG114", "[Optimizer, Adam, [|DecoupledDecay|](0.1f, LearningRate = 0.1f)] public partial class O;", "[DecoupledDecay] takes 'LearningRate' from [Adam], so a value that is given here has no effect" },
        { "OPTG114", "[Optimizer, [|DecoupledDecay|](0.1f, LearningRate = 0.1f)] public partial class O { [Hyper] public float LearningRate { get; set; } = 1; [Update] private void Update(ref float w, float g) => w -= LearningRate * g; }", "from the optimizer's own rule" },
        { "OPTG114", "[Optimizer, ClipExample(1f), Accumulate(4), [|PrivacyNoise|](1f, ExampleNorm = 2f), Sgd] public partial class O;", "[PrivacyNoise] takes 'ExampleNorm' from [ClipExample]" },
        { "OPTG097", "public class T : GradientTransform { [Apply] public float F(float g) { if (g > 1) [|Hold(true)|]; return g; } } [Optimizer, T, AdamW] public partial class O;", "must not stand inside a branch" },
        { "OPTG075", "[Optimizer] public partial class O { [Update] private void Update(ref float w, float g, [Loss] ref float [|loss|]) => w -= loss * g; }", "'loss' can't stand for the loss: it is declared 'ref float'; declare one parameter marked [Loss] as 'float'" },
        { "OPTG075", "[Optimizer] public partial class O { [Update] private void Update(ref float w, float g, [Loss] float loss, [Loss] float [|more|]) => w -= loss * more * g; }", "'more' can't stand for the loss: 'loss' is that already" },
        { "OPTG075", "[Optimizer] public partial class O { [Update] private void Update(ref float w, float g, [Loss] int [|loss|]) => w -= loss * g; }", "it is declared 'int'" },
        { "OPTG075", "public class T : GradientTransform { [Apply] public float F(float g, [Loss] out float [|loss|]) { loss = 1; return g; } } [Optimizer, T, AdamW] public partial class O;", "'float', or as 'ref float' to change it" },
        { "OPTG076", "public class T : GradientTransform { [Apply] public float F(float g, [Loss] ref float [|loss|]) { loss += g; return g; } } [Optimizer, T, PolyakSgd] public partial class O;", "its new value differs for each element" },
        { "OPTG098", "public class T : GradientTransform { [Apply] public float F(float g) { Hold([|g > 1|]); return g; } } [Optimizer, T, AdamW] public partial class O;", "differs for each element" },
        { "OPTG099", "[Optimizer] public partial class O { [Update] private void Update(ref float w, float g, [State(Over.Tensor)] ref float [|v|]) { v = g * g; w -= v; } }", "'v' is one number for each tensor, but its new value differs for each element" },
        { "OPTG100", "[Optimizer, [|Ema|](0.9f), AdamW] public partial class O;", "[Ema] is written before the update rule [AdamW]" },
        { "OPTG105", "[Optimizer, ClipGlobalNorm([|0f|]), AdamW] public partial class O;", "'MaxNorm' is 0, but must be more than 0" },
        { "OPTG105", "[Optimizer, Accumulate([|0|]), AdamW] public partial class O;", "'MicroBatches' is 0, but must be at least 1" },
        { "OPTG105", "[Optimizer, AdamW(WeightDecay = 0f, LearningRate = [|-1e-3f|])] public partial class O;", "'LearningRate' is -0.001, but must be at least 0" },
        { "OPTG105", "[Optimizer, AdamW(Beta1 = [|1f|])] public partial class O;", "'Beta1' is 1, but must be at least 0 and less than 1" },
        { "OPTG105", "[Optimizer, AdamW(Epsilon = [|float.NaN|])] public partial class O;", "'Epsilon' is NaN" },
        { "OPTG105", "[Optimizer, Ema(decay: [|1f|]), AdamW] public partial class O;", "'AverageDecay' is 1" },
        { "OPTG105", Net + "[Optimizer<Net>, AdamW, Group(\"*\", Hyper = \"Beta2\", Value = [|1.5|])] public partial class O;", "'Beta2' is 1.5" },
        { "OPTG105", Net + "[Optimizer<Net>, AdamW, Group(\"*\", LearningRateScale = [|-1|])] public partial class O;", "'LearningRateScale' is -1, but must be at least 0" },
        { "OPTG105", Net + "[Optimizer<Net>, AdamW, LayerwiseDecay([|-0.5|])] public partial class O;", "'LayerDecay' is -0.5" },
        { "OPTG105", "public class R : UpdateRule { [Hyper, Bounds(Above = 2, AtMost = 3)] public float P { get; set; } = 2.5f; [Update] public void U(ref float w, float g) => w -= P * g; } [Optimizer, R(P = [|2|])] public partial class O;", "'P' is 2, but must be more than 2 and at most 3" },
        { "OPTG105", "public class R : UpdateRule { [Hyper, Bounds(AtLeast = 1)] public float [|P|] { get; set; } [Update] public void U(ref float w, float g) => w -= P * g; } [Optimizer, R] public partial class O;", "'P' is 0, but must be at least 1" },
        { "OPTG105", "public class R : UpdateRule { [Hyper, Bounds(Above = 0.5, Below = 4)] public int P { get; set; } = 1; [Update] public void U(ref float w, float g) => w -= P * g; } [Optimizer, R(P = [|4|])] public partial class O;", "'P' is 4, but must be at least 1 and at most 3" },
        { "OPTG105", "[Optimizer] public partial class O { [Hyper, Bounds(Below = 1)] public float Rate { get; set; } = [|1f|]; [Update] private void U(ref float w, float g) => w -= Rate * g; }", "'Rate' is 1, but must be less than 1" },
        { "OPTG106", "[Optimizer] public partial class O { [Hyper, [|Bounds|](AtLeast = 1, Below = 1)] public float Rate { get; set; } = 1; [Update] private void U(ref float w, float g) => w -= Rate * g; }", "no number is at least 1 and less than 1" },
        { "OPTG106", "[Optimizer] public partial class O { [Hyper, [|Bounds|](Above = 1, Below = 2)] public int Every { get; set; } = 1; [Update] private void U(ref float w, float g) => w -= Every * g; }", "no number is at least 2 and at most 1" },
        { "OPTG105", "[Optimizer, AdamW, Ema([|1f|])] public partial class O;", "'AverageDecay' is 1, but must be at least 0 and less than 1" },
        { "OPTG101", "[Optimizer, ClipGlobalNorm(1f), [|Accumulate|](4), AdamW] public partial class O;", "[Accumulate] must come before [ClipGlobalNorm]" },
        { "OPTG102", "[Optimizer, ClipGlobalNorm(1f), [|ClipGlobalNorm|](2f), AdamW] public partial class O;", "[ClipGlobalNorm] is used twice" },
        { "OPTG103", Net + "[Optimizer<Net>, AdamW, Group(\"*\", Hyper = [|\"Beta3\"|], Value = 1)] public partial class O;", "has no hyperparameter 'Beta3'" },
        { "OPTG104", Net + "[Optimizer<Net>, AdamW, Group(\"*\", Hyper = [|\"Beta2\"|])] public partial class O;", "add 'Value = …'" },
        { "OPTG086", "public class R : UpdateRule { [Hyper] public float P { get; set; } = 1; [Whole(\"A.B.C\")] public static float F(float g, ref float q, float a) => g; [Update] public void U(ref float w, float g, [State(Pairs.OfRows)] ref float q, int step) => w -= [|F|](g, ref q, P * 2); } [Optimizer, R] public partial class O;", "'a' of 'F' is handed to code that sees a whole tensor" },
        { "OPTG086", "[Optimizer] public partial class O { [Whole(\"A.B.C\")] public static float F(float g, ref float q) => g; [Update] public void U(ref float w, float g, [State] ref float q) => w -= [|F|](g, ref q); }", "'q' of 'F' is handed" },
        { "OPTG087", "public class R : UpdateRule { [Hyper] public float P { get; set; } = 1; [Whole(\"A.B.C\")] public static float F(float g, ref float q, float a) => g; [Update] public void U(ref float w, float g, [State(Pairs.OfRows)] ref float [|q|], int step) => w -= q * F(g, ref q, P); } [Optimizer, R] public partial class O;", "State 'q' has a number for each pair of rows" },
        { "OPTG087", "public class R : UpdateRule { [Hyper] public float P { get; set; } = 1; [Whole(\"A.B.C\")] public static float F(float g, ref float q, float a) => g; [Update] public void U(ref float w, float g, [State(Pairs.OfColumns)] ref float [|q|], int step) => w -= q = F(g, ref q, step); } [Optimizer, R] public partial class O;", "State 'q' has a number for each pair of columns" },
        { "OPTG088", "public class T : GradientTransform { [Apply] public float F(float g, [State(Pairs.OfRows)] ref float [|q|]) => g; } [Optimizer, T, AdamW] public partial class O;", "only update rules keep such states" },
        { "OPTG089", "public class R : UpdateRule { [Hyper] public float P { get; set; } = 1; [Whole(\"A.B.C\")] public static float F(float g, ref float q, float a) => g; [Update] public void U(ref float w, float g, [State(Pairs.OfRows, AtMost = \"P\")] ref float [|q|], int step) => w -= F(g, ref q, 3); } [Optimizer, R] public partial class O;", "'P' is to bound the size of tensors for which state 'q' is kept" },
        { "OPTG077", "public class R : UpdateRule { public int N { get; set; } = 2; [Hyper] public float P { get; set; } = 1; [Reduce(Over.Everything)] public float S(float x) => x; [Once(\"A.B.C\")] public static void F(float[] q, float a) { } [Update] public void U(ref float w, float g, [State] float[] [|m|]) => w -= m[0] * g; } [Optimizer, R] public partial class O;", "State 'm' is an array, and does not say of how many numbers; declare it '[State(Copies = nameof(History))] float[] m'" },
        { "OPTG077", "public class R : UpdateRule { public int N { get; set; } = 2; [Hyper] public float P { get; set; } = 1; [Reduce(Over.Everything)] public float S(float x) => x; [Once(\"A.B.C\")] public static void F(float[] q, float a) { } [Update] public void U(ref float w, float g, [State(Copies = \"N\")] ref float [|m|]) => w -= m = g; } [Optimizer, R] public partial class O;", "State 'm' has copies, and is declared 'ref float'" },
        { "OPTG077", "public class R : UpdateRule { public int N { get; set; } = 2; [Hyper] public float P { get; set; } = 1; [Reduce(Over.Everything)] public float S(float x) => x; [Once(\"A.B.C\")] public static void F(float[] q, float a) { } [Update] public void U(ref float w, float g, [State(Copies = \"P\")] float[] [|m|]) => w -= m[0] = g; } [Optimizer, R] public partial class O;", "as 'P' says, which is no option that is an int from 1 to 64" },
        { "OPTG077", "public class R : UpdateRule { public int N { get; set; } = 2; [Hyper] public float P { get; set; } = 1; [Reduce(Over.Everything)] public float S(float x) => x; [Once(\"A.B.C\")] public static void F(float[] q, float a) { } [Update] public void U(ref float w, float g, [State(Copies = \"N\")] float[] [|m|]) => w -= m[0] = g; } [Optimizer, R(N = 65)] public partial class O;", "from 1 to 64" },
        { "OPTG077", "public class R : UpdateRule { public int N { get; set; } = 2; [Hyper] public float P { get; set; } = 1; [Reduce(Over.Everything)] public float S(float x) => x; [Once(\"A.B.C\")] public static void F(float[] q, float a) { } [Update] public void U(ref float w, float g, [State(Pairs.OfRows, Copies = \"N\")] float[] [|m|]) => w -= m[0] = g; } [Optimizer, R] public partial class O;", "'float[]' of pairs" },
        { "OPTG078", "public class R : UpdateRule { public int N { get; set; } = 2; [Hyper] public float P { get; set; } = 1; [Reduce(Over.Everything)] public float S(float x) => x; [Once(\"A.B.C\")] public static void F(float[] q, float a) { } [Update] public void U(ref float w, float g, [State(Over.Everything, Copies = \"N\")] float[] q) { [|F|](q, g); w -= q[0] * g; } } [Optimizer, R] public partial class O;", "'F' runs once per step, but 'a' is a number for each element; hand it sums" },
        { "OPTG078", "public class R : UpdateRule { public int N { get; set; } = 2; [Hyper] public float P { get; set; } = 1; [Reduce(Over.Everything)] public float S(float x) => x; [Once(\"A.B.C\")] public static void F(float[] q, float a) { } [Update] public void U(ref float w, float g, [State(Copies = \"N\")] float[] q) { [|F|](q, P); w -= q[0] * g; } } [Optimizer, R] public partial class O;", "'q' is a state of each element" },
        { "OPTG078", "public class R : UpdateRule { public int N { get; set; } = 2; [Hyper] public float P { get; set; } = 1; [Reduce(Over.Everything)] public float S(float x) => x; [Once(\"A.B.C\")] public static void F(float[] q, float a) { } [Update] public void U(ref float w, float g, [State(Over.Everything, Copies = \"N\")] float[] q) { if (S(g) > 0) [|F|](q, P); w -= q[0] * g; } } [Optimizer, R] public partial class O;", "call it always" },
        { "OPTG078", "public class R : UpdateRule { public int N { get; set; } = 2; [Hyper] public float P { get; set; } = 1; [Reduce(Over.Everything)] public float S(float x) => x; [Once(\"A.B.C\")] public static float F(float[] q, float a) => a; [Update] public void U(ref float w, float g, [State(Over.Everything, Copies = \"N\")] float[] q) { [|F|](q, P); w -= q[0] * g; } } [Optimizer, R] public partial class O;", "declare it 'void'" },
        { "OPTG078", "public class T : GradientTransform { [Once(\"A.B.C\")] public static void F(float[] q) { } public int N => 2; [Apply] public float U(float g, [State(Over.Everything, Copies = \"N\")] float[] q) { [|F|](q); return g * q[0]; } } [Optimizer, T, AdamW] public partial class O;", "only update rules may call it" },
        { "OPTG107", "public class R : UpdateRule { public int N { get; set; } = 2; [Hyper] public float P { get; set; } = 1; [Reduce(Over.Everything)] public float S(float x) => x; [Once(\"A.B.C\")] public static void F(float[] q, float a) { } [Update] public void U(ref float w, float g, [State(Over.Everything, Copies = \"N\")] float[] [|q|]) { float old = q[0]; F(q, P); w -= q[0] * g * old; } } [Optimizer, R] public partial class O;", "State 'q' belongs to 'F', which alone changes it; the rule reads it before the call" },
        { "OPTG107", "public class R : UpdateRule { public int N { get; set; } = 2; [Hyper] public float P { get; set; } = 1; [Reduce(Over.Everything)] public float S(float x) => x; [Once(\"A.B.C\")] public static void F(float[] q, float a) { } [Update] public void U(ref float w, float g, [State(Over.Everything, Copies = \"N\")] float[] [|q|]) { F(q, P); q[1] = 0; w -= q[0] * g; } } [Optimizer, R] public partial class O;", "the rule assigns to it" },
        { "OPTG107", "public class R : UpdateRule { public int N { get; set; } = 2; [Hyper] public float P { get; set; } = 1; [Reduce(Over.Everything)] public float S(float x) => x; [Once(\"A.B.C\")] public static void F(float[] q, float a) { } [Update] public void U(ref float w, float g, [State(Over.Everything, Copies = \"N\")] float[] [|q|]) { F(q, P); F(q, 1); w -= q[0] * g; } } [Optimizer, R] public partial class O;", "the rule hands it over twice" },
        { "OPTG108", "public class R : UpdateRule { public int N { get; set; } = 1; [Whole(\"A.B.C\")] public static float F(float g, ref float q) => g; [Update] public void U(ref float w, float g, [State(Pairs.OfDirections, AtMost = \"N\", OrDiagonal = true)] ref float [|q|]) => w -= F(g, ref q); } [Optimizer, R] public partial class O;", "State 'q' has a number for each direction and place on the shorter axis, of which there is no diagonal" },
        { "OPTG108", "[Optimizer] public partial class O { [Update] private void Update(ref float w, float g, [State(OrDiagonal = true)] ref float [|v|]) { v = g * g; w -= v; } }", "State 'v' has a number for each element, of which" },
        { "OPTG109", "public class R : UpdateRule { [Whole(\"A.B.C\")] public static float F(float g, ref float q) => g; [Update] public void U(ref float w, float g, [State(Pairs.InDirections)] ref float [|q|]) => w -= F(g, ref q); } [Optimizer, R] public partial class O;", "State 'q' does not say how many directions there are" },
        { "OPTG086", "public class R : UpdateRule { [Whole(\"A.B.C\")] public static float F(float g, float q) => g; [Update] public void U(ref float w, float g, [State(Over.Tensor)] ref float q) { q += 1; w -= [|F|](g, q); } } [Optimizer, R] public partial class O;", "'q' of 'F' is handed" },
        { "OPTG090", "[Optimizer, Lion, StateStorage([|\"V\"|], Storage.BFloat16)] public partial class O;", "Optimizer 'O' has no state 'V'; its states are M" },
        { "OPTG090", "[Optimizer, Sgd, StateStorage([|\"M\"|], Storage.BFloat16)] public partial class O;", "it has none" },
        { "OPTG091", "[Optimizer(Precision = Precision.Double), AdamW, StateStorage([|Storage.BFloat16|])] public partial class O;", "States of 'O' are double" },
        { "OPTG091", "[Optimizer(Precision = Precision.Double), AdamW, StateStorage(\"M\", [|Storage.Blockwise8|])] public partial class O;", "let the precision be single" },
        { "OPTG092", "[Optimizer, AdamW, StateStorage(\"M\", Storage.BFloat16), StateStorage([|\"m\"|], Storage.Blockwise8)] public partial class O;", "The storage of 'M' is given already" },
        { "OPTG092", "[Optimizer, AdamW, StateStorage(Storage.BFloat16), [|StateStorage|](Storage.Blockwise8)] public partial class O;", "The storage of all states is given already" },
        { "OPTG093", "[Optimizer, AdaGrad, StateStorage([|\"S\"|], Storage.BFloat16)] public partial class O;", "keep it as Storage.Element" },
        { "OPTG094", "[Optimizer, AdamW, StateStorage(Storage.Blockwise8, Stochastic = [|true|])] public partial class O;", "Stochastic rounding is for Storage.BFloat16" },
        { "OPTG095", "[Optimizer, Adafactor, StateStorage([|\"Row\"|], Storage.BFloat16)] public partial class O;", "State 'Row' has one number for each row" },
        { "OPTG095", "[Optimizer, Sophia, StateStorage([|\"Hessian\"|], Storage.BFloat16)] public partial class O;", "is an input, which the user fills" },
        { "OPTG096", "[Optimizer, Sgd, [|StateStorage|](Storage.BFloat16)] public partial class O;", "Optimizer 'O' keeps no state per parameter" },
        { "OPTG056", "[Optimizer] public partial class O { [Update] private void Update(ref float [|w|], float g, [State] ref float m) => m = g; }", "never changes 'w'" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_reported_on_its_token(string id, string text, string message)
    {
        (string source, string token, int start) = OptimizerSource.Marked(text);
        string name = source.Contains("class M;", StringComparison.Ordinal) ? "M" : source.Contains("Outer", StringComparison.Ordinal) ? "Outer+O" : "O";
        if (source.Contains("file partial", StringComparison.Ordinal))
            name = OptimizerSource.Compile(source).Assembly.GlobalNamespace.GetTypeMembers("O").Single().MetadataName;
        ReadResult<OptimizerSpec> result = OptimizerSource.Read(source, name);

        DiagnosticSpec found = Assert.Single(result.Diagnostics, diagnostic => diagnostic.Id == id);
        Assert.Equal((start, token.Length), (found.Span.Start, found.Span.Length));
        Assert.Contains(message, found.ToDiagnostic().GetMessage(), StringComparison.Ordinal);
        Assert.Equal(found.IsError, result.Value is null);
    }

    [Fact]
    public void A_model_of_another_assembly_is_reported_as_OPTG041()
    {
        using MemoryStream image = new();
        CSharpCompilation other = OptimizerSource.Compile("[Model] public partial class Net { }").WithAssemblyName("Other");
        Assert.True(other.Emit(image, cancellationToken: TestContext.Current.CancellationToken).Success);
        ReadResult<OptimizerSpec> result = OptimizerSource.Read(
            "[Optimizer<Net>, AdamW] public partial class O;", "O", references: MetadataReference.CreateFromImage(image.ToArray()));

        DiagnosticSpec found = Assert.Single(result.Diagnostics);
        Assert.Equal("OPTG041", found.Id);
        Assert.Contains("assembly 'Other'", found.ToDiagnostic().GetMessage(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_without_a_loss_is_a_warning_OPTG042()
    {
        ReadResult<OptimizerSpec> result = OptimizerSource.Read(Net + "[Optimizer<Net>, AdamW] public partial class O;", "O", modelHasLoss: false);

        DiagnosticSpec found = Assert.Single(result.Diagnostics);
        Assert.Equal(("OPTG042", DiagnosticSeverity.Warning), (found.Id, found.Descriptor.DefaultSeverity));
        Assert.NotNull(result.Value);
    }

    [Fact]
    public void A_correct_optimizer_causes_no_diagnostic()
    {
        Assert.Equal("O", OptimizerSource.ReadValid("[Optimizer] public partial class O { " + Descent + " }", "O").Class.Name);
    }
}

using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Lowering;

/// <summary>
/// What of an update is the same for every element and is therefore computed at the host, once per step: a set of uniforms. When some parameters decay
/// and others don't, there are two sets: number 0 with the decay, number 1 with the decay at 0.
/// </summary>
/// <param name="Host">Computes one set; its inputs are hyperparameters, the step number, and sums of reducing transforms (by the number of the transform).</param>
/// <param name="Names">A name in camel case for each number of a set.</param>
/// <param name="Element">The update of one element over <paramref name="ElementInputs"/>, then the uniforms of the set.</param>
/// <param name="ElementInputs">Parameter, gradient and states, as far as the update has them.</param>
/// <param name="DependsOnDecay">Which numbers differ between the two sets.</param>
/// <param name="SetCount">1 or 2.</param>
internal sealed record UniformPlan(
    BoundFunction Host,
    EquatableArray<string> Names,
    ScalarFunction Element,
    EquatableArray<UpdateInput> ElementInputs,
    EquatableArray<bool> DependsOnDecay,
    int SetCount)
{
    public int SetSize => Names.Count;

    /// <summary>Length of the buffer of a program's uniforms.</summary>
    public int UniformCount => Uniforms.First + (SetCount * SetSize);

    /// <summary>Where number <paramref name="k"/> of a set lies in the buffer of uniforms.</summary>
    public int IndexOf(int set, int k) => Uniforms.First + (set * SetSize) + k;

    /// <summary>The set that a parameter uses.</summary>
    public int SetOf(OptimizerSpec optimizer, ParameterSpec parameter) => SetCount == 1 || Decay.AppliesTo(optimizer, parameter) ? 0 : 1;

    /// <summary>The plan of an optimizer's update: its transforms, one after the other, then its rule.</summary>
    public static UniformPlan OfUpdate(OptimizerSpec optimizer) => Of(optimizer, UpdateFunction.Of(optimizer));

    /// <summary>The plan of the function that transform number <paramref name="transform"/> sums over all gradients.</summary>
    public static UniformPlan OfReduction(OptimizerSpec optimizer, int transform) => Of(optimizer, UpdateFunction.OfReduction(optimizer, transform));

    private static UniformPlan Of(OptimizerSpec optimizer, BoundFunction update)
    {
        UniformSplit split = UniformSplit.Of(update.Function, input => IsUniform(update.Inputs[input].Kind));
        ScalarFunction host = Compose.DropUnread(split.Host, out int[] kept);
        EquatableArray<UpdateInput> hostInputs = kept.Select(input => update.Inputs[split.UniformInputs[input]]).ToEquatableArray();
        bool[] decays = host.Outputs.Select(output => Dependencies(host, output).Any(input => Decays(optimizer, hostInputs[input]))).ToArray();
        bool spared = optimizer.Model is { } model && model.Parameters.Any(parameter => !Decay.AppliesTo(optimizer, parameter));
        return new UniformPlan(
            new BoundFunction(host, hostInputs),
            UniformNames.Of(host, hostInputs.Select(input => NameOf(optimizer, input)).ToArray()).ToEquatableArray(),
            split.Element,
            split.ElementInputs.Select(input => update.Inputs[input]).ToEquatableArray(),
            decays.ToEquatableArray(),
            spared && decays.Contains(true) ? 2 : 1);
    }

    private static bool IsUniform(UpdateInputKind kind) => kind is UpdateInputKind.Hyper or UpdateInputKind.Step or UpdateInputKind.Reduced;

    private static bool Decays(OptimizerSpec optimizer, UpdateInput input) => input.Kind == UpdateInputKind.Hyper && optimizer.Hypers[input.Index].Decays;

    private static string NameOf(OptimizerSpec optimizer, UpdateInput input) => input.Kind switch
    {
        UpdateInputKind.Hyper => char.ToLowerInvariant(optimizer.Hypers[input.Index].Name[0]) + optimizer.Hypers[input.Index].Name.Substring(1),
        UpdateInputKind.Step => "step",
        _ => char.ToLowerInvariant(optimizer.Transforms[input.Index].Name[0]) + optimizer.Transforms[input.Index].Name.Substring(1) + "Sum",
    };

    private static IEnumerable<int> Dependencies(ScalarFunction function, int output)
    {
        bool[] needed = new bool[output + 1];
        needed[output] = true;
        for (int i = output; i >= 0; i--)
        {
            ScalarNode node = function.Nodes[i];
            if (!needed[i] || node.Op == ScalarOp.Constant)
                continue;
            if (node.Op == ScalarOp.Input)
                yield return node.A;
            else
                needed[node.A] = needed[node.B < 0 ? node.A : node.B] = needed[node.C < 0 ? node.A : node.C] = true;
        }
    }
}

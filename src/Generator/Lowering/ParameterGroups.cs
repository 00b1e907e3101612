using OptGen.Generator.Specs;

namespace OptGen.Generator.Lowering;

/// <summary>What is particular to how some parameters are updated.</summary>
/// <param name="Decays">Whether hyperparameters marked as decay apply.</param>
/// <param name="RateScale">Number of the <c>[Group]</c> whose factor scales the learning rate; −1 for none.</param>
/// <param name="Depth">How many layers lie between these parameters and the last layer.</param>
/// <param name="Overrides">Numbers of the <c>[Group]</c>s that give a hyperparameter a value of its own.</param>
/// <param name="Frozen">True when the parameters don't change.</param>
internal sealed record ParameterGroup(bool Decays, int RateScale, int Depth, EquatableArray<int> Overrides, bool Frozen);

/// <summary>The groups into which an optimizer's parameters fall.</summary>
/// <param name="Groups">Without repetition; number 0 is that of the parameter that comes first in memory.</param>
/// <param name="OfParameter">The number of the group of each parameter of the model.</param>
internal sealed record ParameterGroups(EquatableArray<ParameterGroup> Groups, EquatableArray<int> OfParameter)
{
    private const string LearningRate = "LearningRate";

    public static ParameterGroups Of(OptimizerSpec optimizer)
    {
        if (optimizer.Model is not { } model)
            return new ParameterGroups([new ParameterGroup(true, -1, 0, [], false)], [0]);
        int[] layers = Layers(model);
        List<ParameterGroup> groups = [];
        int[] numbers = new int[model.Parameters.Count];
        foreach (int p in ParameterLayout.Of(model).Order)
        {
            ParameterSpec parameter = model.Parameters[p];
            int[] covering = [.. Enumerable.Range(0, optimizer.Groups.Count).Where(group => optimizer.Groups[group].Covers(parameter))];
            int depth = optimizer.LayerDecay < 0 ? 0 : layers.Max() - layers[p];
            ParameterGroup own = new(
                Decay.AppliesTo(optimizer, parameter),
                covering.Where(group => optimizer.Groups[group].RateScale is not null).DefaultIfEmpty(-1).Last(),
                depth,
                covering.Where(group => optimizer.Groups[group].Hyper >= 0).GroupBy(group => optimizer.Groups[group].Hyper).Select(same => same.Last()).ToEquatableArray(),
                covering.Any(group => optimizer.Groups[group].Frozen));
            if (!groups.Contains(own))
                groups.Add(own);
            numbers[p] = groups.IndexOf(own);
        }

        return new ParameterGroups(groups.ToEquatableArray(), numbers.ToEquatableArray());
    }

    /// <summary>Whether a hyperparameter is not the same in all groups.</summary>
    public bool Varies(OptimizerSpec optimizer, int hyper) =>
        Groups.Where(group => !group.Frozen).Select(group => Variant(optimizer, group, hyper)).Distinct().Count() > 1;

    /// <summary>What distinguishes a hyperparameter in a group.</summary>
    public static (bool Off, int Scale, int Depth, int Override) Variant(OptimizerSpec optimizer, ParameterGroup group, int hyper)
    {
        bool isRate = optimizer.Hypers[hyper].Name == LearningRate;
        int given = group.Overrides.Where(number => optimizer.Groups[number].Hyper == hyper).DefaultIfEmpty(-1).First();
        return (optimizer.Hypers[hyper].Decays && !group.Decays, isRate ? group.RateScale : -1, isRate ? group.Depth : 0, given);
    }

    /// <summary>The number of the layer of each parameter, counted in the order in which layers first use a parameter; parameters of one layer share the first part of their names.</summary>
    private static int[] Layers(ModelSpec model)
    {
        List<string> names = [];
        int[] layers = new int[model.Parameters.Count];
        for (int p = 0; p < layers.Length; p++)
        {
            string layer = model.Parameters[p].Name.Split('.')[0];
            if (!names.Contains(layer))
                names.Add(layer);
            layers[p] = names.IndexOf(layer);
        }

        return layers;
    }
}

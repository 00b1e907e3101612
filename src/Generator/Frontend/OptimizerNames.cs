using Microsoft.CodeAnalysis;
using OptGen.Generator.Diagnostics;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Frontend;

/// <summary>Checks that the names of an optimizer's generated members are free.</summary>
internal static class OptimizerNames
{
    // Private ones too: a class can't have them twice either.
    private static readonly string[] s_always = ["Step", "StepCount", "Reset", "SaveState", "LoadState", "SavedState", "SetUniforms", "UpdateProgram", "_stepCount", "_stateAddresses", "_update"];
    private static readonly string[] s_bound = ["TrainStep", "Model", "TrainStepProgram", "_trainStep"];
    private static readonly string[] s_unbound = ["ParameterCount"];

    public static void Check(
        INamedTypeSymbol type,
        bool bound,
        OptimizerHypers hypers,
        EquatableArray<StateSpec> states,
        EquatableArray<ScheduleSpec> schedules,
        DiagnosticBag diagnostics)
    {
        Dictionary<string, string> taken = [];
        foreach (ISymbol member in type.GetMembers())
        {
            // An update method may have any name: it is an overload of what is generated.
            if (!member.IsImplicitlyDeclared && member.CanBeReferencedByName && !member.Has(OptimizerSymbols.Update))
                taken[member.Name] = "a member of the class";
        }

        IEnumerable<(string Name, string Role)> generated = s_always.Concat(bound ? s_bound : s_unbound)
            .Concat(hypers.IndexOf("LearningRate") < 0 ? [] : ["CurrentLearningRate"])
            .Select(name => (name, "part of every such optimizer"))
            .Concat(hypers.ToSpecs().Where(hyper => !hyper.IsUsers).Select(hyper => (hyper.Name, "a hyperparameter")))
            .Concat(states.Where(state => !state.IsScratch).Select(state => (state.Name, "a state")))
            .Concat(schedules.Where(schedule => !schedule.IsMethod)
                .SelectMany(schedule => new[] { (schedule.Name, "a schedule"), (schedule.Field, "a schedule's field") }))
            .Concat(schedules.Select(schedule => hypers[schedule.Hyper].Name).Where(hyper => hyper != "LearningRate").Distinct()
                .Select(hyper => ("Current" + hyper, "a scheduled hyperparameter")));
        foreach ((string name, string role) in generated)
        {
            if (name == type.Name)
                diagnostics.Report(DiagnosticDescriptors.NameTaken, type.Location(), type.Name, name, role, "the class itself");
            else if (taken.TryGetValue(name, out string? by))
                diagnostics.Report(DiagnosticDescriptors.NameTaken, Declared(type, name), type.Name, name, role, by);
            else
                taken.Add(name, role);
        }
    }

    private static Location? Declared(INamedTypeSymbol type, string name) => type.GetMembers(name).FirstOrDefault()?.Location() ?? type.Location();
}

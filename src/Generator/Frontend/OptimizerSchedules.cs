using Microsoft.CodeAnalysis;
using OptGen.Generator.Diagnostics;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Frontend;

/// <summary>Reads the schedules of an optimizer: what each drives, and the expression that creates it.</summary>
internal static class OptimizerSchedules
{
    public static EquatableArray<ScheduleSpec> Read(INamedTypeSymbol type, OptimizerHypers hypers, bool hypersAreKnown, DiagnosticBag diagnostics)
    {
        List<ScheduleSpec> schedules = [];
        foreach (AttributeData attribute in type.AttributesDerivedFrom(OptimizerSymbols.Schedule))
        {
            string drives = attribute.NamedArguments.FirstOrDefault(argument => argument.Key == "Drives").Value.Value as string ?? "LearningRate";
            Location? location = attribute.NamedArgumentLocation("Drives") ?? attribute.NameLocation();
            int hyper = hypers.IndexOf(drives);
            if (hyper < 0 || hypers[hyper].Type is "int" or "bool")
            {
                // Without a rule its hyperparameters are unknown, and that is the mistake to report.
                if (hypersAreKnown)
                    diagnostics.Report(DiagnosticDescriptors.UnknownScheduledHyper, location, attribute.ShortName(), drives, hypers.Describe());
                continue;
            }

            if (schedules.Find(schedule => schedule.Hyper == hyper) is { } first)
                diagnostics.Report(DiagnosticDescriptors.HyperDrivenTwice, location, drives, first.Name, attribute.ShortName());
            string fullName = attribute.AttributeClass!.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

            // Two schedules of one class are told apart by what they drive.
            string name = schedules.Exists(schedule => schedule.Name == attribute.ShortName()) ? drives + attribute.ShortName() : attribute.ShortName();
            schedules.Add(new ScheduleSpec(name, fullName, OptimizerLiterals.Creation(attribute), hyper));
        }

        return schedules.ToEquatableArray();
    }
}

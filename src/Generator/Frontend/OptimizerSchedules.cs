using Microsoft.CodeAnalysis;
using OptGen.Generator.Diagnostics;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Frontend;

/// <summary>Reads the schedules of an optimizer: attributes of the class and methods marked <c>[Schedule]</c>, what each drives, and from which step on.</summary>
internal sealed class OptimizerSchedules
{
    private readonly Evaluator _evaluator;
    private readonly OptimizerHypers _hypers;
    private readonly DiagnosticBag _diagnostics;
    private readonly DiagnosticBag _faults = new();
    private readonly List<ScheduleSpec> _schedules = [];

    private OptimizerSchedules(Compilation compilation, OptimizerHypers hypers, DiagnosticBag diagnostics, CancellationToken cancellation)
    {
        // Schedules run on the host and may be any C#, so what the evaluator can't read of them is no mistake: it has a bag of its own.
        _evaluator = new Evaluator(compilation, _faults, cancellation);
        _hypers = hypers;
        _diagnostics = diagnostics;
    }

    /// <param name="hypersAreKnown">False when the optimizer's rule could not be read, which is the mistake to report then.</param>
    public static EquatableArray<ScheduleSpec> Read(
        INamedTypeSymbol type, Compilation compilation, OptimizerHypers hypers, bool hypersAreKnown, DiagnosticBag diagnostics, CancellationToken cancellation)
    {
        OptimizerSchedules reader = new(compilation, hypers, diagnostics, cancellation);
        foreach (AttributeData attribute in type.GetAttributes())
        {
            bool derived = attribute.AttributeClass.DerivesFrom(OptimizerSymbols.Schedule);
            if (derived && Overrides(attribute.AttributeClass!, "Value"))
                reader.ReadAttribute(attribute, hypersAreKnown);
            else if (derived || attribute.AttributeClass.IsNamed(OptimizerSymbols.Schedule))
                diagnostics.Report(DiagnosticDescriptors.ScheduleWithoutValue, attribute.NameLocation(), attribute.ShortName());
        }

        foreach (IMethodSymbol method in type.GetMembers().OfType<IMethodSymbol>())
        {
            foreach (AttributeData attribute in method.GetAttributes())
            {
                if (attribute.AttributeClass.DerivesFrom(OptimizerSymbols.Schedule))
                    diagnostics.Report(DiagnosticDescriptors.ScheduleOnMethod, attribute.NameLocation(), attribute.ShortName(), method.Name);
                else if (attribute.AttributeClass.IsNamed(OptimizerSymbols.Schedule))
                    reader.ReadMethod(method, attribute, hypersAreKnown);
            }
        }

        return reader._schedules.ToEquatableArray();
    }

    /// <summary>Whether a schedule has a method of its own in place of one of the base class, which does nothing.</summary>
    private static bool Overrides(INamedTypeSymbol type, string method)
    {
        for (INamedTypeSymbol? level = type; level is not null && !level.IsNamed(OptimizerSymbols.Schedule); level = level.BaseType)
        {
            if (level.GetMembers(method).Any(member => member.IsOverride))
                return true;
        }

        return false;
    }

    private void ReadAttribute(AttributeData attribute, bool hypersAreKnown)
    {
        ObjectValue? schedule = _evaluator.CanRead(attribute.AttributeClass!) ? _evaluator.Create(attribute) : null;
        Validate(attribute, schedule);
        string drives = Named(attribute, "Drives") as string ?? (schedule?.Member("Drives").Value as KnownValue)?.Data as string ?? "LearningRate";
        if (Driven(attribute, drives, hypersAreKnown) is not int hyper)
            return;

        // Two schedules of one class are told apart by what they drive, then by their number.
        string name = attribute.ShortName();
        if (_schedules.Exists(other => other.Name == name))
            name = drives + name;
        for (int number = 2; _schedules.Exists(other => other.Name == name); number++)
            name = drives + attribute.ShortName() + number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        string type = attribute.AttributeClass!.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
        bool keepsState = Overrides(attribute.AttributeClass, "Reset");
        Add(attribute, drives, new ScheduleSpec(name, type, OptimizerLiterals.Creation(attribute), hyper, From(attribute), keepsState));
    }

    private void ReadMethod(IMethodSymbol method, AttributeData attribute, bool hypersAreKnown)
    {
        if (method is not { IsGenericMethod: false, ReturnType.SpecialType: SpecialType.System_Double, ReturnsByRef: false, ReturnsByRefReadonly: false }
            || !method.Parameters.Select(parameter => (parameter.Type.SpecialType, parameter.RefKind))
                .SequenceEqual([(SpecialType.System_Double, RefKind.None), (SpecialType.System_Int32, RefKind.None)]))
        {
            _diagnostics.Report(DiagnosticDescriptors.ScheduleSignature, method.Location(), method.Name);
            return;
        }

        if (Named(attribute, "From") is int from and < 0)
            _diagnostics.Report(DiagnosticDescriptors.InvalidArgument, attribute.NamedArgumentLocation("From"), $"'From' is {from}, but must not be negative");
        string drives = Named(attribute, "Drives") as string ?? "LearningRate";
        if (Driven(attribute, drives, hypersAreKnown) is int hyper)
            Add(attribute, drives, ScheduleSpec.OfMethod(method.Name, hyper, From(attribute)));
    }

    /// <summary>Reports what the schedule itself throws at its arguments.</summary>
    private void Validate(AttributeData attribute, ObjectValue? schedule)
    {
        if (schedule is null)
            return;
        for (INamedTypeSymbol? level = schedule.Type; level is not null; level = level.BaseType)
        {
            if (level.IsNamed(OptimizerSymbols.Schedule) && level.GetMembers("Validate").OfType<IMethodSymbol>().FirstOrDefault() is { } validate)
                _evaluator.Call(validate, schedule, [], attribute.NameLocation());
        }

        foreach (DiagnosticSpec fault in _faults.ToEquatableArray().Where(fault => fault.Id == DiagnosticDescriptors.InvalidArgument.Id))
            _diagnostics.Add(fault);
    }

    private int? Driven(AttributeData attribute, string drives, bool hypersAreKnown)
    {
        int hyper = _hypers.IndexOf(drives);
        if (hyper >= 0 && _hypers[hyper].Type is not ("int" or "bool"))
            return hyper;
        if (hypersAreKnown)
        {
            Location? location = attribute.NamedArgumentLocation("Drives") ?? attribute.NameLocation();
            _diagnostics.Report(DiagnosticDescriptors.UnknownScheduledHyper, location, attribute.ShortName(), drives, _hypers.Describe());
        }

        return null;
    }

    private void Add(AttributeData attribute, string drives, ScheduleSpec schedule)
    {
        if (_schedules.Find(other => other.Hyper == schedule.Hyper && other.From == schedule.From) is { } first)
        {
            Location? location = attribute.NamedArgumentLocation("From") ?? attribute.NamedArgumentLocation("Drives") ?? attribute.NameLocation();
            _diagnostics.Report(DiagnosticDescriptors.HyperDrivenTwice, location, drives, schedule.From, first.Name, schedule.Name);
        }

        _schedules.Add(schedule);
    }

    private static int From(AttributeData attribute) => Named(attribute, "From") as int? ?? 0;

    private static object? Named(AttributeData attribute, string name)
    {
        TypedConstant given = attribute.NamedArguments.FirstOrDefault(argument => argument.Key == name).Value;
        return given.Kind == TypedConstantKind.Primitive ? given.Value : null;
    }
}

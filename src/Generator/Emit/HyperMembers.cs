using OptGen.Generator.Backends;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Emit;

/// <summary>Writes an optimizer's hyperparameters, its schedules and the number of its steps.</summary>
internal static class HyperMembers
{
    private const string LearningRate = "LearningRate";

    public static void Write(ClassFile file, OptimizerSpec optimizer)
    {
        CodeWriter writer = file.Writer;
        foreach (HyperSpec hyper in optimizer.Hypers.Where(hyper => !hyper.IsUsers))
        {
            WriteProperty(file, hyper, hyper.Summary.Length > 0 ? ClassFile.Xml(hyper.Summary) : $"Hyperparameter <c>{hyper.Name}</c>.");
        }

        foreach (ScheduleSpec schedule in optimizer.Schedules.Where(schedule => !schedule.IsMethod))
            WriteSchedule(file, optimizer, schedule);
        for (int group = 0; group < optimizer.Groups.Count; group++)
            WriteGroup(file, optimizer, group);
        for (int hyper = 0; hyper < optimizer.Hypers.Count; hyper++)
        {
            if (!HasCurrent(optimizer, hyper))
                continue;
            HyperSpec driven = optimizer.Hypers[hyper];
            file.Document(driven.Name == LearningRate ? "The learning rate of the next step." : $"What <see cref=\"{driven.Name}\"/> is worth in the next step.");
            writer.Line($"public {driven.Type} Current{driven.Name} => {Scheduled(optimizer, hyper)};");
        }

        writer.Blank();
        writer.Line("private int _stepCount;");
        file.Document("How many steps were taken. It is all the state that a schedule has: set it, and the states, to resume a run exactly.", ("exception ArgumentOutOfRangeException", "The value is negative."));
        using CodeWriter.Scope property = writer.Block("public int StepCount");
        writer.Line("get => _stepCount;");
        using CodeWriter.Scope setter = writer.Block("set");
        writer.Line("ArgumentOutOfRangeException.ThrowIfNegative(value);");
        writer.Line("_stepCount = value;");
    }

    /// <summary>The expression for what a hyperparameter is worth in the next step.</summary>
    /// <param name="initial">The property from which a schedule starts; null for that of the hyperparameter itself.</param>
    public static string Current(OptimizerSpec optimizer, int hyper, string? initial = null) =>
        initial is not null ? Scheduled(optimizer, hyper, initial)
        : HasCurrent(optimizer, hyper) ? "Current" + optimizer.Hypers[hyper].Name : optimizer.Hypers[hyper].Name;

    /// <summary>Writes, as part of a method, that all schedules forget what they were told.</summary>
    public static void WriteReset(CodeWriter writer, OptimizerSpec optimizer)
    {
        foreach (ScheduleSpec schedule in optimizer.Schedules.Where(schedule => schedule.KeepsState))
            writer.Line($"{schedule.Name}.Reset();");
    }

    private static void WriteSchedule(ClassFile file, OptimizerSpec optimizer, ScheduleSpec schedule)
    {
        CodeWriter writer = file.Writer;
        string hyper = optimizer.Hypers[schedule.Hyper].Name, from = schedule.From == 0 ? "" : $" from step {ClassFile.Text(schedule.From)} on";
        writer.Blank();
        writer.Line($"private {schedule.Type} {schedule.Field} = {schedule.Creation};");
        file.Document(
            $"Drives <see cref=\"{hyper}\"/> from step to step{from}, starting from its value.",
            ("exception ArgumentException", "The schedule is null or its arguments make no sense."));
        using CodeWriter.Scope property = writer.Block($"public {schedule.Type} {schedule.Name}");
        writer.Line($"get => {schedule.Field};");
        writer.Line($"set => {schedule.Field} = global::OptGen.Schedule.Valid(value);");
    }

    private static bool HasCurrent(OptimizerSpec optimizer, int hyper) =>
        optimizer.Hypers[hyper].Name == LearningRate || optimizer.Schedules.Any(schedule => schedule.Hyper == hyper);

    /// <summary>The property that holds a group's factor on the learning rate.</summary>
    public static string ScaleName(OptimizerSpec optimizer, int group) => optimizer.Groups[group].Name + "LearningRateScale";

    /// <summary>The property that holds a group's own value of a hyperparameter.</summary>
    public static string OverrideName(OptimizerSpec optimizer, int group) => optimizer.Groups[group].Name + optimizer.Hypers[optimizer.Groups[group].Hyper].Name;

    /// <summary>A group's factor on the learning rate, as a hyperparameter.</summary>
    public static HyperSpec Scale(OptimizerSpec optimizer, int group) =>
        new(ScaleName(optimizer, group), optimizer.Element, optimizer.Groups[group].RateScale ?? 1, IsUsers: false, Decays: false, "") { Bounds = Bounds.NotNegative };

    /// <summary>A group's own value of a hyperparameter, as one of its own.</summary>
    public static HyperSpec Override(OptimizerSpec optimizer, int group) =>
        optimizer.Hypers[optimizer.Groups[group].Hyper] with { Name = OverrideName(optimizer, group), Default = optimizer.Groups[group].Value, IsUsers = false };

    /// <summary>What the range of a hyperparameter makes of a value, as a pattern of C#; null where every value will do.</summary>
    public static string? Range(HyperSpec hyper, string type) =>
        hyper.Bounds.IsNone ? null : hyper.Bounds.Pattern(bound => type == "int" ? ClassFile.Text((int)bound) : ClassFile.Number(bound, type));

    private static void WriteProperty(ClassFile file, HyperSpec hyper, string summary)
    {
        if (Range(hyper, hyper.Type) is not { } range)
        {
            file.Document(summary);
            file.Writer.Line($"public {hyper.Type} {hyper.Name} {{ get; set; }} = {Default(hyper)};");
            return;
        }

        string words = hyper.Bounds.Describe();
        file.Document(summary, ("exception ArgumentOutOfRangeException", $"The value is not {words}."));
        file.Writer.Open($"public {hyper.Type} {hyper.Name}");
        file.Writer.Line("get;");
        file.Writer.Line($"set => field = value is {range} ? value : throw InputCheck.OutOfRange(value, \"{words}\");");
        file.Writer.Close($" = {Default(hyper)};");
    }

    private static void WriteGroup(ClassFile file, OptimizerSpec optimizer, int group)
    {
        GroupSpec spec = optimizer.Groups[group];
        string covered = spec.Kind is { } kind ? $"parameters of kind {kind}" : $"parameters that match <c>{ClassFile.Xml(spec.Pattern)}</c>";
        if (spec.RateScale is not null)
        {
            WriteProperty(file, Scale(optimizer, group), $"Factor on the learning rate of {covered}.");
        }

        if (spec.Hyper >= 0)
        {
            HyperSpec hyper = optimizer.Hypers[spec.Hyper];
            WriteProperty(file, Override(optimizer, group), $"<see cref=\"{hyper.Name}\"/> of {covered}.");
        }
    }

    private static string Scheduled(OptimizerSpec optimizer, int hyper, string? initial = null)
    {
        HyperSpec driven = optimizer.Hypers[hyper];
        initial ??= driven.Name;
        string value = initial;
        foreach (ScheduleSpec piece in optimizer.Schedules.Where(schedule => schedule.Hyper == hyper).OrderBy(schedule => schedule.From))
        {
            string from = piece.IsMethod ? ClassFile.Text(piece.From) : piece.Name + ".From";
            string current = !piece.IsMethod ? $"{piece.Name}.At({initial}, _stepCount)"
                : piece.From == 0 ? $"{piece.Name}({initial}, _stepCount)"
                : $"{piece.Name}({initial}, _stepCount - {from})";

            // An object may be replaced at run time, so it is asked where it begins; alone, or as the first, it looks itself.
            bool alone = value == initial && (!piece.IsMethod || piece.From == 0);
            value = alone ? current : $"_stepCount >= {from} ? {current} : {value}";
        }

        return value == initial || driven.Type == "double" ? value : value.Contains('?') ? $"({driven.Type})({value})" : $"({driven.Type}){value}";
    }

    private static string Default(HyperSpec hyper) => hyper.Type switch
    {
        "bool" => hyper.Default != 0 ? "true" : "false",
        "int" => ClassFile.Text((int)hyper.Default),
        _ => ClassFile.Number(hyper.Default, hyper.Type),
    };
}

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
            file.Document(hyper.Summary.Length > 0 ? ClassFile.Xml(hyper.Summary) : $"Hyperparameter <c>{hyper.Name}</c>.");
            writer.Line($"public {hyper.Type} {hyper.Name} {{ get; set; }} = {Default(hyper)};");
        }

        foreach (ScheduleSpec schedule in optimizer.Schedules.Where(schedule => !schedule.IsMethod))
            WriteSchedule(file, optimizer, schedule);
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
    public static string Current(OptimizerSpec optimizer, int hyper) =>
        HasCurrent(optimizer, hyper) ? "Current" + optimizer.Hypers[hyper].Name : optimizer.Hypers[hyper].Name;

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
        file.Document($"Drives <see cref=\"{hyper}\"/> from step to step{from}, starting from its value.", ("exception ArgumentException", "The schedule is null or its arguments make no sense."));
        using CodeWriter.Scope property = writer.Block($"public {schedule.Type} {schedule.Name}");
        writer.Line($"get => {schedule.Field};");
        writer.Line($"set => {schedule.Field} = global::OptGen.Schedule.Valid(value);");
    }

    private static bool HasCurrent(OptimizerSpec optimizer, int hyper) =>
        optimizer.Hypers[hyper].Name == LearningRate || optimizer.Schedules.Any(schedule => schedule.Hyper == hyper);

    private static string Scheduled(OptimizerSpec optimizer, int hyper)
    {
        HyperSpec driven = optimizer.Hypers[hyper];
        string value = driven.Name;
        foreach (ScheduleSpec piece in optimizer.Schedules.Where(schedule => schedule.Hyper == hyper).OrderBy(schedule => schedule.From))
        {
            string from = piece.IsMethod ? ClassFile.Text(piece.From) : piece.Name + ".From";
            string current = !piece.IsMethod ? $"{piece.Name}.At({driven.Name}, _stepCount)"
                : piece.From == 0 ? $"{piece.Name}({driven.Name}, _stepCount)"
                : $"{piece.Name}({driven.Name}, _stepCount - {from})";

            // An object may be replaced at run time, so it is asked where it begins; alone, or as the first, it looks itself.
            bool alone = value == driven.Name && (!piece.IsMethod || piece.From == 0);
            value = alone ? current : $"_stepCount >= {from} ? {current} : {value}";
        }

        return value == driven.Name || driven.Type == "double" ? value : value.Contains('?') ? $"({driven.Type})({value})" : $"({driven.Type}){value}";
    }

    private static string Default(HyperSpec hyper) => hyper.Type switch
    {
        "bool" => hyper.Default != 0 ? "true" : "false",
        "int" => ClassFile.Text((int)hyper.Default),
        _ => ClassFile.Number(hyper.Default, hyper.Type),
    };
}

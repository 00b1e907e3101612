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

        foreach (ScheduleSpec schedule in optimizer.Schedules)
        {
            string hyper = optimizer.Hypers[schedule.Hyper].Name;
            file.Document($"Drives <see cref=\"{hyper}\"/> from step to step, starting from its value.");
            writer.Line($"public {schedule.Type} {schedule.Name} {{ get; set; }} = {schedule.Creation};");
        }

        int rate = Array.FindIndex(optimizer.Hypers.ToArray(), hyper => hyper.Name == LearningRate);
        if (rate >= 0)
        {
            file.Document("The learning rate of the next step.");
            writer.Line($"public {optimizer.Hypers[rate].Type} CurrentLearningRate => {Scheduled(optimizer, rate)};");
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
        optimizer.Hypers[hyper].Name == LearningRate ? "CurrentLearningRate" : Scheduled(optimizer, hyper);

    private static string Scheduled(OptimizerSpec optimizer, int hyper)
    {
        HyperSpec driven = optimizer.Hypers[hyper];
        string? schedule = optimizer.Schedules.FirstOrDefault(schedule => schedule.Hyper == hyper)?.Name;
        return schedule is null ? driven.Name : $"{(driven.Type == "double" ? "" : $"({driven.Type})")}{schedule}.Value({driven.Name}, _stepCount)";
    }

    private static string Default(HyperSpec hyper) => hyper.Type switch
    {
        "bool" => hyper.Default != 0 ? "true" : "false",
        "int" => ClassFile.Text((int)hyper.Default),
        _ => ClassFile.Number(hyper.Default, hyper.Type),
    };
}

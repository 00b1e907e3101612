using System.Globalization;
using static System.FormattableString;

namespace OptGen.Generator.Tests.Optimizers.RandomChains;

/// <summary>A transform or rule of a chain with the values of its hyperparameters.</summary>
/// <param name="Name">Its attribute.</param>
/// <param name="Argument">The hyperparameter that the attribute takes as an argument; empty for none.</param>
/// <param name="Values">Every hyperparameter by its name; what is optional may be missing.</param>
/// <param name="Options">What is fixed where the attribute is written, such as <c>Nesterov = true</c>.</param>
internal sealed record ChainLink(string Name, string Argument, (string Hyper, double Value)[] Values, string Options = "")
{
    /// <summary>The attribute.</summary>
    public string Text
    {
        get
        {
            IEnumerable<string> arguments = Values.Select(given => given.Hyper == Argument ? Number(given) : $"{given.Hyper} = {Number(given)}");
            string[] all = [.. arguments.OrderBy(text => text.Contains('=', StringComparison.Ordinal) ? 1 : 0), .. Options.Length > 0 ? [Options] : Array.Empty<string>()];
            return all.Length == 0 ? Name : $"{Name}({string.Join(", ", all)})";
        }
    }

    /// <summary>Whether a hyperparameter is a whole number.</summary>
    public static bool IsInteger(string hyper) => hyper is "Interval" or "MicroBatches" or "LookaheadSteps" or "AverageStart" or "AverageEvery";

    private static string Number((string Hyper, double Value) given) => given.Value.ToString(CultureInfo.InvariantCulture) + (IsInteger(given.Hyper) ? "" : "f");
}

/// <summary>What drives a hyperparameter from some step on.</summary>
/// <param name="Text">The attribute without what it drives and from when on, and without its closing parenthesis; the number of a method of the class for one of the user's own.</param>
/// <param name="Value">Its formula, of the hyperparameter's value and the number of steps since it began.</param>
internal sealed record ChainSchedule(string Text, string Drives, int From, Func<double, int, double> Value)
{
    public bool IsMethod => Text.Length > 0 && char.IsDigit(Text[0]);

    private string Place => From == 0 ? Invariant($"Drives = \"{Drives}\"") : Invariant($"Drives = \"{Drives}\", From = {From}");

    /// <summary>The attribute, or the method.</summary>
    public string Declaration => IsMethod
        ? $"[Schedule({Place})] private double Own{Text}(double initial, int step) => initial / (1 + 0.25 * step);"
        : $"{Text}{(Text.EndsWith('(') ? "" : ", ")}{Place})";
}

/// <summary>An override for some parameters.</summary>
internal sealed record ChainGroup(string Text, Func<ReferenceTensor, bool> Covers, bool? Decay = null, bool Frozen = false, double? Scale = null, string Hyper = "", double Value = 0);

/// <summary>A parameter: a matrix, or a vector as one row.</summary>
/// <param name="Depth">How many layers lie between it and the last.</param>
internal sealed record ReferenceTensor(string Name, int Rows, int Columns, int Offset, ParameterKind Kind, int Depth)
{
    public int Length => Rows * Columns;
}

/// <summary>An optimizer as a user declares it, and as the reference runs it.</summary>
/// <param name="Links">In the order in which they are written.</param>
/// <param name="LayerDecay">The factor from layer to layer; null for none.</param>
internal sealed record ChainDeclaration(ChainLink[] Links, ChainSchedule[] Schedules, ChainGroup[] Groups, double? LayerDecay)
{
    public bool Has(string link) => Links.Any(own => own.Name == link);

    /// <summary>The attributes, without the one that makes the class an optimizer.</summary>
    public string Attributes => string.Join(", ", [
        .. Links.Select(link => link.Text),
        .. Schedules.Where(schedule => !schedule.IsMethod).Select(schedule => schedule.Declaration),
        .. LayerDecay is double factor ? [Invariant($"LayerwiseDecay({factor})")] : Array.Empty<string>(),
        .. Groups.Select(group => group.Text)]);

    /// <summary>The members that the user writes.</summary>
    public string Members => string.Join(" ", Schedules.Where(schedule => schedule.IsMethod).Select(schedule => schedule.Declaration));
}

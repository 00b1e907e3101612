namespace OptGen.Generator.Emit;

/// <summary>A file that is added to the user's project.</summary>
/// <param name="HintName">Unique in the project, such as <c>Digits.DigitNet.Forward.g.cs</c>.</param>
internal sealed record SourceFile(string HintName, string Text);

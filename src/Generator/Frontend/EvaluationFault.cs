using OptGen.Generator.Diagnostics;

namespace OptGen.Generator.Frontend;

/// <summary>Ends an evaluation: the code can't be compiled. Without a diagnostic, the C# compiler has reported the reason already.</summary>
internal sealed class EvaluationFault(DiagnosticSpec? diagnostic) : Exception
{
    public DiagnosticSpec? Diagnostic { get; } = diagnostic;
}

using OptGen.Generator.Backends;
using OptGen.Generator.Lowering;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Emit;

/// <summary>Writes the public methods that take a step from gradients.</summary>
internal static class StepMembers
{
    private static readonly (string, string) s_lossText = ("loss", "The loss whose gradients these are.");

    public static void Write(ClassFile file, OptimizerText text)
    {
        if (text.Optimizer.Model is null)
            WriteUnbound(file, text);
        else
            WriteBound(file, text);
        if (text.Perturbation is not null)
            WritePerturb(file, text);
    }

    private static void WritePerturb(ClassFile file, OptimizerText text)
    {
        CodeWriter writer = file.Writer;
        const string summary = "Moves the parameters to where the gradient for the next step is taken; the step takes them back first.";
        (string, string) twice = ("exception InvalidOperationException", "The parameters are moved already. Nothing is changed.");
        bool reads = text.Optimizer.Perturbation!.ReadsLoss;
        if (text.Optimizer.Model is not null)
        {
            file.Document(summary, [.. Loss(reads), twice]);
            using CodeWriter.Scope bound = writer.Block($"public void Perturb({(reads ? "double loss" : "")})");
            if (reads)
                writer.Line("_loss = loss;");
            writer.Line("RunPerturbation();");
            writer.Line("GC.KeepAlive(this); // The programs know addresses only.");
            return;
        }

        file.Document(
            summary,
            [
                ("parameters", "All parameters, one tensor after the other, always in the same order."),
                ("gradients", "The gradient of every parameter where they are."),
                .. Loss(reads),
                ("exception ArgumentException", "A length differs from <see cref=\"ParameterCount\"/>. Nothing is changed."),
                twice,
            ]);
        using CodeWriter.Scope method = writer.Block($"public void Perturb(Span<{text.Element}> parameters, ReadOnlySpan<{text.Element}> gradients{(reads ? ", double loss" : "")})");
        writer.Line("InputCheck.SameLength(parameters.Length, ParameterCount, nameof(parameters));");
        writer.Line("InputCheck.SameLength(gradients.Length, ParameterCount, nameof(gradients));");
        if (reads)
            writer.Line("_loss = loss;");
        writer.Line("Pinned.Run(parameters, gradients, this, static (optimizer, parameters, gradients) =>");
        writer.Line("{");
        writer.Indent();
        writer.Line("optimizer.Point(parameters, gradients);");
        writer.Line("optimizer.RunPerturbation();");
        writer.Unindent();
        writer.Line("});");
    }

    private static (string, string)[] Loss(bool reads) => reads ? [s_lossText] : [];

    private static void WriteBound(ClassFile file, OptimizerText text)
    {
        bool reads = text.Optimizer.ReadsLoss;
        file.Document("Updates every parameter by the model's <c>Gradients</c>.", Loss(reads));
        using CodeWriter.Scope method = file.Writer.Block($"public void Step({(reads ? "double loss" : "")})");
        if (reads)
            file.Writer.Line("_loss = loss;");
        file.Writer.Line("RunPasses();");
        file.Writer.Line("GC.KeepAlive(this); // The programs know addresses only.");
    }

    private static void WriteUnbound(ClassFile file, OptimizerText text)
    {
        CodeWriter writer = file.Writer;
        string element = text.Element;
        bool reads = text.Optimizer.ReadsLoss;
        string parameter = reads ? ", double loss" : "", argument = reads ? ", loss" : "";
        (string, string)[] flat =
        [
            ("parameters", "All parameters, one tensor after the other, always in the same order."),
            ("gradients", "The gradient of every parameter."),
            .. Loss(reads),
            ("exception ArgumentException", "A length differs from <see cref=\"ParameterCount\"/>. Nothing is changed."),
        ];
        file.Document("Updates every parameter by its gradient.", flat);
        using (writer.Block($"public void Step(Span<{element}> parameters, ReadOnlySpan<{element}> gradients{parameter})"))
        {
            writer.Line("InputCheck.SameLength(parameters.Length, ParameterCount, nameof(parameters));");
            writer.Line("InputCheck.SameLength(gradients.Length, ParameterCount, nameof(gradients));");
            if (reads)
                writer.Line("_loss = loss;");
            writer.Line("Pinned.Run(parameters, gradients, this, static (optimizer, parameters, gradients) => optimizer.StepAt(parameters, gradients));");
        }

        file.Document("Updates every parameter by its gradient.", flat);
        writer.Line($"public void Step(Memory<{element}> parameters, ReadOnlyMemory<{element}> gradients{parameter}) => Step(parameters.Span, gradients.Span{argument});");

        file.Document(
            "Updates the parameters of several tensors, each in memory of its own, in one call.",
            [
                ("parameters", "The tensors whose shapes the optimizer was created with, in that order."),
                ("gradients", "The gradient of each tensor."),
                .. Loss(reads),
                ("exception ArgumentException", "A number or length of tensors differs from what the optimizer was created with. Nothing is changed."),
            ]);
        using (writer.Block($"public void Step(ReadOnlySpan<Memory<{element}>> parameters, ReadOnlySpan<ReadOnlyMemory<{element}>> gradients{parameter})"))
        {
            writer.Line("InputCheck.SameLengths(parameters, gradients, _segments);");
            if (reads)
                writer.Line("_loss = loss;");
            writer.Line("using PinnedTensors pinned = PinnedTensors.Pin(parameters, gradients, _parameterAddresses, _gradientAddresses, _pins);");
            writer.Line("RunPasses();");
        }

        if (text.Optimizer.HasTensorSpans)
            WriteTensorSpans(file, element, reads);

        writer.Blank();
        writer.Line("/// <summary>The step over memory that is pinned.</summary>");
        using (writer.Block("private void StepAt(nint parameters, nint gradients)"))
        {
            writer.Line("Point(parameters, gradients);");
            writer.Line("RunPasses();");
        }

        writer.Blank();
        writer.Line("/// <summary>Points the passes at tensors that lie next to each other.</summary>");
        using CodeWriter.Scope point = writer.Block("private void Point(nint parameters, nint gradients)");
        using CodeWriter.Scope loop = writer.Block("for (int tensor = 0; tensor < _segments.Length; tensor++)");
        writer.Line($"_parameterAddresses[tensor] = parameters + _segments[tensor].Offset * (nint)sizeof({element});");
        writer.Line($"_gradientAddresses[tensor] = gradients + _segments[tensor].Offset * (nint)sizeof({element});");
    }

    private static void WriteTensorSpans(ClassFile file, string element, bool reads)
    {
        const string Namespace = "global::System.Numerics.Tensors";
        file.Document(
            "Updates every parameter by its gradient.",
            [
                ("parameters", "All parameters, one tensor after the other; dense."),
                ("gradients", "The gradient of every parameter; dense."),
                .. Loss(reads),
                ("exception ArgumentException", "A length differs from <see cref=\"ParameterCount\"/>, or a tensor is not dense. Nothing is changed."),
            ]);
        string loss = reads ? ", double loss" : "";
        using CodeWriter.Scope method = file.Writer.Block($"public void Step({Namespace}.TensorSpan<{element}> parameters, {Namespace}.ReadOnlyTensorSpan<{element}> gradients{loss})");
        file.Writer.Line("InputCheck.Dense(parameters.IsDense, nameof(parameters));");
        file.Writer.Line("InputCheck.Dense(gradients.IsDense, nameof(gradients));");
        file.Writer.Line($"Span<{element}> flatParameters = MemoryMarshal.CreateSpan(ref parameters.GetPinnableReference(), checked((int)parameters.FlattenedLength));");
        file.Writer.Line($"ReadOnlySpan<{element}> flatGradients = MemoryMarshal.CreateReadOnlySpan(in gradients.GetPinnableReference(), checked((int)gradients.FlattenedLength));");
        file.Writer.Line($"Step(flatParameters, flatGradients{(reads ? ", loss" : "")});");
    }
}

using OptGen.Generator.Backends;
using OptGen.Generator.Lowering;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Emit;

/// <summary>Writes the public methods that take a step from gradients.</summary>
internal static class StepMembers
{
    public static void Write(ClassFile file, OptimizerText text)
    {
        if (text.Optimizer.Model is null)
            WriteUnbound(file, text);
        else
            WriteBound(file);
        if (text.Perturbation is not null)
            WritePerturb(file, text);
    }

    private static void WritePerturb(ClassFile file, OptimizerText text)
    {
        CodeWriter writer = file.Writer;
        const string summary = "Moves the parameters to where the gradient for the next step is taken; the step takes them back first.";
        (string, string) twice = ("exception InvalidOperationException", "The parameters are moved already. Nothing is changed.");
        if (text.Optimizer.Model is not null)
        {
            file.Document(summary, twice);
            using CodeWriter.Scope bound = writer.Block("public void Perturb()");
            writer.Line("RunPerturbation();");
            writer.Line("GC.KeepAlive(this); // The programs know addresses only.");
            return;
        }

        file.Document(
            summary,
            ("parameters", "All parameters, one tensor after the other, always in the same order."),
            ("gradients", "The gradient of every parameter where they are."),
            ("exception ArgumentException", "A length differs from <see cref=\"ParameterCount\"/>. Nothing is changed."),
            twice);
        using CodeWriter.Scope method = writer.Block($"public void Perturb(Span<{text.Element}> parameters, ReadOnlySpan<{text.Element}> gradients)");
        writer.Line("InputCheck.SameLength(parameters.Length, ParameterCount, nameof(parameters));");
        writer.Line("InputCheck.SameLength(gradients.Length, ParameterCount, nameof(gradients));");
        writer.Line("Pinned.Run(parameters, gradients, this, static (optimizer, parameters, gradients) =>");
        writer.Line("{");
        writer.Indent();
        writer.Line("optimizer.Point(parameters, gradients);");
        writer.Line("optimizer.RunPerturbation();");
        writer.Unindent();
        writer.Line("});");
    }

    private static void WriteBound(ClassFile file)
    {
        file.Document("Updates every parameter by the model's <c>Gradients</c>.");
        using CodeWriter.Scope method = file.Writer.Block("public void Step()");
        file.Writer.Line("RunPasses();");
        file.Writer.Line("GC.KeepAlive(this); // The programs know addresses only.");
    }

    private static void WriteUnbound(ClassFile file, OptimizerText text)
    {
        CodeWriter writer = file.Writer;
        string element = text.Element;
        file.Document(
            "Updates every parameter by its gradient.",
            ("parameters", "All parameters, one tensor after the other, always in the same order."),
            ("gradients", "The gradient of every parameter."),
            ("exception ArgumentException", "A length differs from <see cref=\"ParameterCount\"/>. Nothing is changed."));
        using (writer.Block($"public void Step(Span<{element}> parameters, ReadOnlySpan<{element}> gradients)"))
        {
            writer.Line("InputCheck.SameLength(parameters.Length, ParameterCount, nameof(parameters));");
            writer.Line("InputCheck.SameLength(gradients.Length, ParameterCount, nameof(gradients));");
            writer.Line("Pinned.Run(parameters, gradients, this, static (optimizer, parameters, gradients) => optimizer.StepAt(parameters, gradients));");
        }

        file.Document(
            "Updates every parameter by its gradient.",
            ("parameters", "All parameters, one tensor after the other, always in the same order."),
            ("gradients", "The gradient of every parameter."),
            ("exception ArgumentException", "A length differs from <see cref=\"ParameterCount\"/>. Nothing is changed."));
        writer.Line($"public void Step(Memory<{element}> parameters, ReadOnlyMemory<{element}> gradients) => Step(parameters.Span, gradients.Span);");

        file.Document(
            "Updates the parameters of several tensors, each in memory of its own, in one call.",
            ("parameters", "The tensors whose shapes the optimizer was created with, in that order."),
            ("gradients", "The gradient of each tensor."),
            ("exception ArgumentException", "A number or length of tensors differs from what the optimizer was created with. Nothing is changed."));
        using (writer.Block($"public void Step(ReadOnlySpan<Memory<{element}>> parameters, ReadOnlySpan<ReadOnlyMemory<{element}>> gradients)"))
        {
            writer.Line("InputCheck.SameLengths(parameters, gradients, _segments);");
            writer.Line("using PinnedTensors pinned = PinnedTensors.Pin(parameters, gradients, _parameterAddresses, _gradientAddresses, _pins);");
            writer.Line("RunPasses();");
        }

        if (text.Optimizer.HasTensorSpans)
            WriteTensorSpans(file, element);

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

    private static void WriteTensorSpans(ClassFile file, string element)
    {
        const string Namespace = "global::System.Numerics.Tensors";
        file.Document(
            "Updates every parameter by its gradient.",
            ("parameters", "All parameters, one tensor after the other; dense."),
            ("gradients", "The gradient of every parameter; dense."),
            ("exception ArgumentException", "A length differs from <see cref=\"ParameterCount\"/>, or a tensor is not dense. Nothing is changed."));
        using CodeWriter.Scope method = file.Writer.Block($"public void Step({Namespace}.TensorSpan<{element}> parameters, {Namespace}.ReadOnlyTensorSpan<{element}> gradients)");
        file.Writer.Line("InputCheck.Dense(parameters.IsDense, nameof(parameters));");
        file.Writer.Line("InputCheck.Dense(gradients.IsDense, nameof(gradients));");
        file.Writer.Line($"Span<{element}> flatParameters = MemoryMarshal.CreateSpan(ref parameters.GetPinnableReference(), checked((int)parameters.FlattenedLength));");
        file.Writer.Line($"ReadOnlySpan<{element}> flatGradients = MemoryMarshal.CreateReadOnlySpan(in gradients.GetPinnableReference(), checked((int)gradients.FlattenedLength));");
        file.Writer.Line("Step(flatParameters, flatGradients);");
    }
}

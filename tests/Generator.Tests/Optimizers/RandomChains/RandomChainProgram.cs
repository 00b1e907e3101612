using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using OptGen.Generator.Tests.Harness;
using static System.FormattableString;

namespace OptGen.Generator.Tests.Optimizers.RandomChains;

/// <summary>Random chains after the whole generator and one compilation, those of models over one with parameters of every kind and awkward sizes.</summary>
internal sealed class RandomChainProgram
{
    private const string Models = """
        public sealed class FirstPile : Layer
        {
            public override Tensor Forward(Tensor x)
            {
                Tensor a = Parameter([7, 33], ParameterKind.Weight, Init.One), b = Parameter([33], ParameterKind.Bias, Init.Zero), c = Parameter([130], ParameterKind.Gain, Init.One);
                return x * (Sum(a) + Sum(b) + Sum(c));
            }
        }

        public sealed class SecondPile : Layer
        {
            public override Tensor Forward(Tensor x)
            {
                Tensor a = Parameter([13, 10], ParameterKind.Weight, Init.One), b = Parameter([1], ParameterKind.Bias, Init.Zero), d = Parameter([1, 7], ParameterKind.Weight, Init.One);
                return x * (Sum(a) + Sum(b) + Sum(d));
            }
        }

        public sealed class ThirdPile : Layer
        {
            public override Tensor Forward(Tensor x)
            {
                Tensor t = Parameter([5, 6], ParameterKind.Embedding, Init.One), v = Parameter([33], ParameterKind.Weight, Init.One), g = Parameter([7], ParameterKind.Gain, Init.One);
                Tensor k = Parameter([3, 2, 7], ParameterKind.Weight, Init.One);
                return x * (Sum(t) + Sum(v) + Sum(g) + Sum(k));
            }
        }

        [Model(Batch = 1{0})]
        public partial class {1}
        {
            [FirstPile] private static partial Tensor First(Tensor x);
            [SecondPile] private static partial Tensor Second(Tensor x);
            [ThirdPile] private static partial Tensor Third(Tensor x);

            [Forward] private static Tensor Forward([Shape(1)] Tensor x) => Third(Second(First(x)));
            [Loss] private static Tensor Loss(Tensor y, [Shape(1)] Tensor target) => MeanSquaredError(y, target);
        }
        """;

    private readonly Func<int, object> _model;
    private readonly Func<int, object, object> _bound;
    private readonly Func<int, MatrixShape[], object> _unbound;

    /// <param name="program">Its class <c>Probe</c> creates an optimizer over spans by its number.</param>
    public RandomChainProgram(LoadedProgram program, ReferenceTensor[] tensors)
    {
        _unbound = program.Method<Func<int, MatrixShape[], object>>("Unbound");
        (_model, _bound) = (_ => throw new InvalidOperationException("No chain is that of a model."), (_, model) => model);
        Tensors = tensors;
    }

    private RandomChainProgram(LoadedProgram program)
    {
        _model = program.Method<Func<int, object>>("Model");
        _bound = program.Method<Func<int, object, object>>("Bound");
        _unbound = program.Method<Func<int, MatrixShape[], object>>("Unbound");
        Table layout = _model(0).GetType().GetProperty("Layout")!.GetMethod!.CreateDelegate<Table>();
        Tensors = [.. layout().ToArray().Select(Tensor)];
    }

    private delegate ReadOnlySpan<ParameterInfo> Table();

    /// <summary>The parameters of the models, which are those of the optimizers over spans as well.</summary>
    public ReferenceTensor[] Tensors { get; }

    /// <summary>Generates, compiles and loads them. A fault names its chain.</summary>
    public static RandomChainProgram Of(IReadOnlyList<RandomChain> chains)
    {
        string models = Models[..Models.IndexOf("[Model", StringComparison.Ordinal)];
        string Model(string precision, string name) => Models[models.Length..].Replace("{0}", precision, StringComparison.Ordinal).Replace("{1}", name, StringComparison.Ordinal);
        string bound = string.Concat(chains.Where(chain => chain.IsBound).Select(chain => Invariant($"{chain.Number} => new {chain.Name}(({(chain.IsDouble ? "Net" : "SingleNet")})model), ")));
        GeneratorRun run = GeneratorRun.Lean(
            models + Model(", Precision = Precision.Double", "Net") + Model("", "SingleNet"),
            string.Join("\n", chains.Select(chain => chain.Source)),
            $$"""
            public static class Probe
            {
                public static object Model(int isSingle) => isSingle == 0 ? new Net(1) : new SingleNet(1);

                public static object Bound(int number, object model) => number switch { {{bound}}_ => throw new ArgumentException("No such chain.") };

                public static object Unbound(int number, MatrixShape[] shapes) => number switch { {{Unbound(chains.Where(chain => !chain.IsBound))}} };
            }
            """);
        Assert.Null(run.Result.Exception);
        Diagnostic[] said = [.. run.Diagnostics];
        Assert.True(said.Length == 0, string.Join("\n", said.Take(5).Select(found => $"{found}\n{found.Location.SourceTree?.GetText().Lines[found.Location.GetLineSpan().StartLinePosition.Line]}")));
        Compilation lean = run.Output;
        foreach (SyntaxTree tree in run.Result.GeneratedSources.Select(source => source.SyntaxTree))
            lean = lean.ReplaceSyntaxTree(tree, tree.WithRootAndOptions(new TrainingSteps().Visit(tree.GetRoot()), tree.Options));
        return new RandomChainProgram(LoadedProgram.OfCompilation(lean));
    }

    /// <summary>The cases that create optimizers over spans.</summary>
    public static string Unbound(IEnumerable<RandomChain> chains) => string.Concat(chains.Select(chain => Invariant($"{chain.Number} => new {chain.Name}(shapes), "))) + "_ => throw new ArgumentException(\"No such chain.\")";

    /// <summary>A new optimizer of a chain, with parameters of its own.</summary>
    public ChainInstance Create(RandomChain chain, double[] initial) => chain.IsDouble ? Create<double>(chain, initial) : Create<float>(chain, initial);

    private ChainInstance<T> Create<T>(RandomChain chain, double[] initial)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        object? model = chain.IsBound ? _model(chain.IsDouble ? 0 : 1) : null;
        object optimizer = model is null ? _unbound(chain.Number, [.. Tensors.Select(tensor => (MatrixShape)(tensor.Rows, tensor.Columns))]) : _bound(chain.Number, model);
        return new ChainInstance<T>(optimizer, model, initial, [.. Tensors.Select(tensor => tensor.Length)]);
    }

    private static ReferenceTensor Tensor(ParameterInfo parameter)
    {
        int columns = parameter.Shape[^1];
        int depth = Array.IndexOf(["Third", "Second", "First"], parameter.Name.Split('.')[0]);
        return new ReferenceTensor(parameter.Name, parameter.Length / columns, columns, parameter.Offset, parameter.Kind, depth);
    }

    /// <summary>Takes training steps away, which other tests are about: compiling takes most of the time of these.</summary>
    private sealed class TrainingSteps : CSharpSyntaxRewriter
    {
        public override SyntaxNode? VisitMethodDeclaration(MethodDeclarationSyntax node) => node.Identifier.Text is "TrainStep" ? null : node;

        public override SyntaxNode? VisitFieldDeclaration(FieldDeclarationSyntax node) => node.Declaration.Variables[0].Identifier.Text is "_trainStep" ? null : node;

        public override SyntaxNode? VisitClassDeclaration(ClassDeclarationSyntax node) => node.Identifier.Text is "TrainStepProgram" ? null : base.VisitClassDeclaration(node);
    }
}

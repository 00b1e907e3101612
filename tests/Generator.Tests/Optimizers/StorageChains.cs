using System.Globalization;
using System.Text;
using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.Optimizers;

/// <summary>Every rule of the library, and chains with transforms of every sort, with their states in every storage, compiled in one program.</summary>
internal static class StorageChains
{
    public const string Float = "";
    public const string BFloat16 = ", StateStorage(Storage.BFloat16)";
    public const string Stochastic = ", StateStorage(Storage.BFloat16, Stochastic = true)";
    public const string Blockwise8 = ", StateStorage(Storage.Blockwise8)";

    private static readonly string[] s_storages = [Float, BFloat16, Stochastic, Blockwise8];

    private static readonly Lazy<LoadedProgram> s_program = new(() => LoadedProgram.Of(Source()));

    public static string[] Narrow { get; } = [BFloat16, Stochastic, Blockwise8];

    /// <summary>Shampoo with factors of rows alone where rows are long: the root of a large factor takes longer than all else.</summary>
    public static string[] Rules { get; } = [.. Chains.Rules.Where(rule => KeepsState(rule)).Select(rule => rule == nameof(Shampoo) ? "Shampoo(MaxSize = 32)" : rule)];

    /// <summary>With reductions over everything, tensors, rows and columns, with steps that are held, and with passes that read a state before the one that writes it.</summary>
    public static string[] All { get; } =
    [
        .. Rules,
        "Sgd(Momentum = 0.9f)",
        "ClipGlobalNorm(0.5f), AdamW",
        "ClipAdaptive(0.05f), Centralize, AdamW",
        "Accumulate(2), AdamW, Cautious, Ema(0.9f)",
    ];

    public static Optimizer Create(string chain, string storage, params (int Rows, int Columns)[] shapes)
    {
        int[] flat = [.. shapes.SelectMany(shape => new[] { shape.Rows, shape.Columns })];
        int number = (Array.IndexOf(All, chain) * s_storages.Length) + Array.IndexOf(s_storages, storage);
        return new Optimizer(s_program.Value.Method<Func<int, int[], object[]>>("Create")(number, flat));
    }

    /// <summary>The rules that have a state whose storage can be chosen: the others would get a warning.</summary>
    private static bool KeepsState(string rule) =>
        OptimizerSource.ReadValid($"[Optimizer, {rule}] public partial class O;", "O").States.Any(state => state is { Over: Specs.Extent.Element, IsInput: false, IsExact: false, IsScratch: false });

    private static string Source()
    {
        StringBuilder source = new();
        StringBuilder cases = new();
        for (int chain = 0; chain < All.Length; chain++)
        {
            for (int storage = 0; storage < s_storages.Length; storage++)
            {
                int number = (chain * s_storages.Length) + storage;
                source.Append(CultureInfo.InvariantCulture, $"[Optimizer, {All[chain]}{s_storages[storage]}] public partial class O{number};\n");
                cases.Append(CultureInfo.InvariantCulture, $"            case {number}:\n            {{\n                O{number} optimizer = new(shapes);\n");
                string loss = OptimizerSource.ReadValid($"[Optimizer, {All[chain]}] public partial class O;", "O").ReadsLoss ? ", loss" : "";
                cases.Append(CultureInfo.InvariantCulture, $"                return [optimizer, (Action<float[], float[], double>)((w, g, loss) => optimizer.Step(w, g{loss})), (Action<System.IO.Stream>)optimizer.SaveState, (Action<System.IO.Stream>)optimizer.LoadState];\n            }}\n");
            }
        }

        return source + $$"""

            public static class Probe
            {
                public static object[] Create(int number, int[] flat)
                {
                    MatrixShape[] shapes = new MatrixShape[flat.Length / 2];
                    for (int i = 0; i < shapes.Length; i++)
                        shapes[i] = new(flat[2 * i], flat[2 * i + 1]);
                    switch (number)
                    {
            {{cases}}
                    }

                    throw new ArgumentOutOfRangeException(nameof(number));
                }
            }
            """;
    }

    /// <summary>An optimizer of the program.</summary>
    internal sealed class Optimizer(object[] parts)
    {
        private readonly Action<float[], float[], double> _step = (Action<float[], float[], double>)parts[1];

        /// <summary>What a step is told of the loss.</summary>
        public double Loss { get; set; } = RuleRunner.DefaultLoss;

        public Action<Stream> Save { get; } = (Action<Stream>)parts[2];

        public Action<Stream> Load { get; } = (Action<Stream>)parts[3];

        public float LearningRate
        {
            set => parts[0].GetType().GetProperty("LearningRate")!.SetValue(parts[0], value);
        }

        public void Step(float[] parameters, float[] gradients) => _step(parameters, gradients, Loss);

        public void Reset() => parts[0].GetType().GetMethod("Reset")!.Invoke(parts[0], null);

        /// <summary>What an input of the rule gets for every element.</summary>
        public void Fill(string input, float value)
        {
            if (parts[0].GetType().GetProperty(input) is { } property)
                property.GetMethod!.CreateDelegate<View>(parts[0])().Fill(value);
        }

        private delegate Span<float> View();
    }
}

using OptGen.Data;
using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.EndToEnd;

/// <summary>Parameters in files: under PyTorch's names, with its orientation, and strictly back.</summary>
public sealed class SaveTests
{
    private const string Net = """
        [Model(Batch = 4)]
        public partial class Net
        {
            [FirstBlock(5)] private static partial Tensor Block1A(Tensor x);
            [Dense(2, Bias = false)] private static partial Tensor Result(Tensor x);

            [Forward] private static Tensor Forward([Shape(3)] Tensor x) => Result(Relu(Block1A(x)));
        }

        public sealed class FirstBlock(int width) : Layer
        {
            public override Tensor Forward(Tensor x)
            {
                Dense innerPart = new Dense(width) { Init = Init.Orthogonal };
                Tensor y = innerPart.Forward(x);
                Tensor scale = Parameter([width], ParameterKind.Gain, Halves, gain: 3);
                Tensor first = Parameter([2, width, 4], ParameterKind.Weight, Init.Constant, gain: 0.5f, savedName: "folded", savedAxes: [2, 0, 1]);
                return y * scale + Reshape(Sum(Sum(first, 2), 0), width);
            }

            internal static double Halves(in InitializerInput input) => input.Gain / 2 + input.Index;
        }

        public static class Probe
        {
            private static readonly Net s_net = new(1);
            public static double[] Parameters() => Array.ConvertAll(s_net.Parameters.ToArray(), value => (double)value);
            public static void Set(double[] values) { for (int i = 0; i < values.Length; i++) s_net.Parameters[i] = (NUMBER)values[i]; }
            public static void Save(System.IO.Stream stream) => s_net.Save(stream);
            public static void Load(System.IO.Stream stream) => s_net.Load(stream);
            public static void SaveFile(string path) => s_net.Save(path);
            public static void LoadFile(string path) => s_net.Load(path);
            public static string Describe() => s_net.Describe();
            public static string Layout() => string.Join("\n", Array.ConvertAll(Net.Layout.ToArray(), p => $"{p} at {p.Offset}, {p.Kind}, {p.Initializer}, {p.SavedName} [{string.Join(", ", p.SavedAxes.ToArray())}]"));
            public static string Hash() => Net.LayoutHash;
        }
        """;

    private static string Single => Net.Replace("NUMBER", "float", StringComparison.Ordinal);

    private static string Double => Net.Replace("NUMBER", "double", StringComparison.Ordinal).Replace("Batch = 4", "Batch = 4, Precision = Precision.Double", StringComparison.Ordinal);

    [Fact]
    public void Tensors_have_the_names_and_the_orientation_that_PyTorch_has()
    {
        using LoadedProgram program = LoadedProgram.Of(Single);
        double[] parameters = program.Method<Func<double[]>>("Parameters")();
        using SafetensorsReader reader = new(Save(program));
        Assert.Equal(
            ["block1a.inner_part.weight F32 [5, 3]", "block1a.folded F32 [4, 2, 5]", "result.weight F32 [2, 5]", "block1a.inner_part.bias F32 [5]", "block1a.scale F32 [5]"],
            reader.Tensors.Select(tensor => tensor.ToString()));
        Assert.Equal("pt", reader.Metadata["format"]);
        Assert.Equal(program.Method<Func<string>>("Hash")(), reader.Metadata["optgen.layout"]);

        float[] weight = new float[15];
        reader.Read(reader.Tensors[0], weight.AsSpan());
        for (int input = 0; input < 3; input++)
        {
            for (int output = 0; output < 5; output++)
                Assert.Equal(parameters[(input * 5) + output], weight[(output * 3) + input]);
        }

        float[] scale = new float[5];
        reader.Read(reader.Find("block1a.scale")!, scale.AsSpan());
        Assert.Equal([1.5f, 2.5f, 3.5f, 4.5f, 5.5f], scale);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_was_saved_is_loaded_bit_for_bit(bool isDouble)
    {
        using LoadedProgram program = LoadedProgram.Of(isDouble ? Double : Single);
        Func<double[]> parameters = program.Method<Func<double[]>>("Parameters");
        double[] values = [.. parameters().Select((value, i) => isDouble ? value + (i * 0.1) : (float)(value + (i * 0.1)))];
        program.Method<Action<double[]>>("Set")(values);
        Stream stream = Save(program);
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        program.Method<Action<string>>("SaveFile")(path);
        foreach (Action load in new[] { () => program.Method<Action<Stream>>("Load")(stream), () => program.Method<Action<string>>("LoadFile")(path) })
        {
            program.Method<Action<double[]>>("Set")(new double[values.Length]);
            Assert.NotEqual(values, parameters());
            load();
            Assert.Equal(values, parameters());
        }

        File.Delete(path);
    }

    [Fact]
    public void A_double_model_takes_the_file_of_a_float_model_but_not_the_other_way()
    {
        using LoadedProgram single = LoadedProgram.Of(Single), wide = LoadedProgram.Of(Double);
        wide.Method<Action<Stream>>("Load")(Save(single));
        Assert.Equal(single.Method<Func<double[]>>("Parameters")(), wide.Method<Func<double[]>>("Parameters")());
        CheckpointException refusal = Assert.Throws<CheckpointException>(() => single.Method<Action<Stream>>("Load")(Save(wide)));
        Assert.Contains("of another element type: result.weight F64 [2, 5], expected F32", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_that_does_not_fit_is_named_and_nothing_is_changed()
    {
        using LoadedProgram program = LoadedProgram.Of(Single);
        using MemoryStream stream = new();
        SafetensorsWriter writer = new(stream, [new TensorInfo("result.weight", DType.F32, [5, 2]), new TensorInfo("block1a.scale", DType.F32, [5]), new TensorInfo("head.weight", DType.F32, [1])]);
        writer.Write<float>(new float[10]);
        writer.Write<float>(new float[5]);
        writer.Write<float>(new float[1]);
        stream.Position = 0;
        double[] before = program.Method<Func<double[]>>("Parameters")();
        CheckpointException refusal = Assert.Throws<CheckpointException>(() => program.Method<Action<Stream>>("Load")(stream));
        Assert.Equal(
            """
            The file does not fit the model Net:
              missing: block1a.inner_part.weight F32 [5, 3]
              missing: block1a.folded F32 [4, 2, 5]
              misshapen: result.weight F32 [5, 2], expected [2, 5]
              missing: block1a.inner_part.bias F32 [5]
              extra: head.weight F32 [1]
            """,
            refusal.Message);
        Assert.Equal(before, program.Method<Func<double[]>>("Parameters")());
    }

    [Fact]
    public void A_model_describes_its_layers_and_parameters()
    {
        using LoadedProgram program = LoadedProgram.Of(Single);
        Assert.Equal(
            """
            Net: 75 parameters in 300 bytes of float; batches of up to 4 rows

            layer                kind        output  parameters
            x                    input       [3]
            Block1A              FirstBlock  [5]             65
              Block1A.InnerPart  Dense       [5]             20
            Result               Dense       [2]             10

            parameter                 shape      kind    initializer   count  bytes  in files
            Block1A.InnerPart.Kernel  [3, 5]     Weight  Orthogonal       15     60  block1a.inner_part.weight [5, 3]
            Block1A.First             [2, 5, 4]  Weight  0.5              40    160  block1a.folded [4, 2, 5]
            Result.Kernel             [5, 2]     Weight  FanInUniform     10     40  result.weight [2, 5]
            Block1A.InnerPart.Bias    [5]        Bias    FanInUniform      5     20  block1a.inner_part.bias [5]
            Block1A.Scale             [5]        Gain    3·Halves          5     20  block1a.scale [5]
            total                                                         75    300
            """,
            program.Method<Func<string>>("Describe")());
        Assert.Equal(
            """
            Block1A.InnerPart.Kernel [3, 5] at 0, Weight, Orthogonal, block1a.inner_part.weight [1, 0]
            Block1A.First [2, 5, 4] at 15, Weight, Constant, block1a.folded [2, 0, 1]
            Result.Kernel [5, 2] at 55, Weight, FanInUniform, result.weight [1, 0]
            Block1A.InnerPart.Bias [5] at 65, Bias, FanInUniform, block1a.inner_part.bias []
            Block1A.Scale [5] at 70, Gain, Halves, block1a.scale []
            """,
            program.Method<Func<string>>("Layout")());
    }

    [Fact]
    public void The_hash_of_the_layout_differs_where_the_layout_does()
    {
        string[] sources =
        [
            Single, Single.Replace("FirstBlock(5)", "FirstBlock(6)", StringComparison.Ordinal), Single.Replace("ParameterKind.Gain", "ParameterKind.Bias", StringComparison.Ordinal),
            Single.Replace("innerPart", "inner", StringComparison.Ordinal),
        ];
        Assert.Equal(4, sources.Select(Hash).Distinct().Count());
        Assert.Equal("677cfb1e107ba16b", Hash(Single));

        static string Hash(string source)
        {
            using LoadedProgram program = LoadedProgram.Of(source);
            return program.Method<Func<string>>("Hash")();
        }
    }

    private static MemoryStream Save(LoadedProgram program)
    {
        MemoryStream stream = new();
        program.Method<Action<Stream>>("Save")(stream);
        stream.Position = 0;
        return stream;
    }
}

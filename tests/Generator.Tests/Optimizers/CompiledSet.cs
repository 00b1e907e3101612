using System.Globalization;
using System.Text;
using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.Optimizers;

/// <summary>
/// Optimizers over spans that went through the real generator and compiler, many in one program: compiling takes far longer than running. Each is named by its chain,
/// the attributes that declare it.
/// </summary>
/// <param name="chains">The attributes of each optimizer.</param>
/// <param name="hasFloats">Whether there is one in single precision besides that in double precision.</param>
internal sealed class CompiledSet(string[] chains, bool hasFloats = false)
{
    private readonly Lazy<Func<int, bool, MatrixShape[], object>> _create =
        new(() => LoadedProgram.Of(Source(chains, hasFloats)).Method<Func<int, bool, MatrixShape[], object>>("Create"));

    public CompiledOptimizer Create(string chain, bool isDouble, params MatrixShape[] shapes)
    {
        int number = Array.IndexOf(chains, chain);
        Assert.True(number >= 0, chain);
        return new CompiledOptimizer(_create.Value(number, isDouble, shapes));
    }

    private static string Source(string[] chains, bool hasFloats)
    {
        StringBuilder source = new();
        StringBuilder cases = new();
        for (int i = 0; i < chains.Length; i++)
        {
            source.Append(CultureInfo.InvariantCulture, $"[Optimizer(Precision = Precision.Double), {chains[i]}] public partial class D{i};\n");
            cases.Append(CultureInfo.InvariantCulture, $"        ({i}, true) => new D{i}(shapes),\n");
            if (!hasFloats)
                continue;
            source.Append(CultureInfo.InvariantCulture, $"[Optimizer, {chains[i]}] public partial class F{i};\n");
            cases.Append(CultureInfo.InvariantCulture, $"        ({i}, false) => new F{i}(shapes),\n");
        }

        return $$"""
            {{source}}
            public static class Probe
            {
                public static object Create(int chain, bool isDouble, MatrixShape[] shapes) => (chain, isDouble) switch
                {
            {{cases}}        _ => throw new ArgumentOutOfRangeException(nameof(chain)),
                };
            }
            """;
    }
}

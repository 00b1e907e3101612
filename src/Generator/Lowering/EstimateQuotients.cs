using OptGen.Generator.Scalar;

namespace OptGen.Generator.Lowering;

/// <summary>
/// Lets quotients of an update err in their last places. A vector of exact quotients or roots keeps a processor's only divider busy for some twenty additions' time, while
/// an update multiplies its quotient by a learning rate that is known to a digit or two.
/// </summary>
internal static class EstimateQuotients
{
    /// <summary>The smallest normal number of single precision, 2⁻¹²⁶.</summary>
    private const double SmallestNormal = 1.1754943508222875e-38;

    /// <summary>2⁻⁷⁵, about the root of the smallest subnormal number.</summary>
    private const double SmallestRoot = 2.6469779601696886e-23;

    /// <summary>How near to 0 a value of single precision comes that is not 0.</summary>
    private enum Distance
    {
        /// <summary>It may be subnormal.</summary>
        Any,

        /// <summary>It is normal.</summary>
        Normal,

        /// <summary>It is at least <see cref="SmallestRoot"/>.</summary>
        Far,
    }

    /// <summary>The function with estimates of its quotients.</summary>
    /// <param name="isUniform">Of which inputs the host can see to it that they are not subnormal, as <see cref="Normal"/> does.</param>
    /// <param name="normal">For which of them it must.</param>
    public static ScalarFunction Run(ScalarFunction element, Func<int, bool> isUniform, out IReadOnlyCollection<int> normal)
    {
        Distance[] distances = Distances(element, isUniform);
        HashSet<int> terms = [];
        ScalarBuilder builder = new();
        int[] map = new int[element.Nodes.Count];
        for (int i = 0; i < map.Length; i++)
        {
            ScalarNode node = element.Nodes[i];
            bool isEstimated = node.Op == ScalarOp.Divide && element.Nodes[node.B].Op != ScalarOp.Constant, isNormal = isEstimated && distances[node.B] >= Distance.Normal;
            map[i] = isEstimated ? builder.Intern(isNormal ? ScalarOp.DivideByNormal : ScalarOp.DivideEstimate, map[node.A], map[node.B]) : builder.Transcribe(node, map);
            if (isNormal)
                terms.Add(node.B);
        }

        // What the divisors' distances follow from.
        for (int i = map.Length - 1; i >= 0; i--)
        {
            if (terms.Contains(i))
                terms.UnionWith(Terms(element.Nodes[i]));
        }

        normal = [.. terms.Select(term => element.Nodes[term]).Where(node => node.Op == ScalarOp.Input).Select(node => node.A)];
        return builder.Build(element.InputCount, [.. element.Outputs.Select(output => map[output])]);
    }

    /// <summary>A number of the host, or the smallest normal number of single precision where it would be subnormal there.</summary>
    public static int Normal(ScalarBuilder host, int value)
    {
        int magnitude = host.Apply(ScalarOp.Abs, value), least = host.Constant(SmallestNormal);
        int isSubnormal = host.Apply(ScalarOp.And, host.Apply(ScalarOp.Less, host.Constant(0), magnitude), host.Apply(ScalarOp.Less, magnitude, least));
        return host.Apply(ScalarOp.Select, isSubnormal, least, value);
    }

    /// <summary>
    /// How near to 0 each value comes, if the uniforms are normal that it is computed from. The sum of a number that is far from 0 and a normal one is never subnormal:
    /// either the second is too small to matter, or both are multiples of a number that is normal itself.
    /// </summary>
    private static Distance[] Distances(ScalarFunction element, Func<int, bool> isUniform)
    {
        Distance[] distances = new Distance[element.Nodes.Count];
        for (int i = 0; i < distances.Length; i++)
        {
            ScalarNode node = element.Nodes[i];
            IEnumerable<Distance> terms = Terms(node).Select(term => distances[term]);
            distances[i] = node.Op switch
            {
                ScalarOp.Constant => node.Value == 0 || Math.Abs(node.Value) >= SmallestRoot ? Distance.Far : Math.Abs(node.Value) >= SmallestNormal ? Distance.Normal : Distance.Any,
                ScalarOp.Input => isUniform(node.A) ? Distance.Normal : Distance.Any,
                ScalarOp.Sqrt or ScalarOp.Cbrt => Distance.Far,
                ScalarOp.Add or ScalarOp.Subtract => terms.Min() >= Distance.Normal && terms.Max() == Distance.Far ? Distance.Normal : Distance.Any,
                _ => terms.DefaultIfEmpty(Distance.Any).Min(),
            };
        }

        return distances;
    }

    /// <summary>The operands from whose distances that of an operation follows.</summary>
    private static IEnumerable<int> Terms(ScalarNode node) => node.Op switch
    {
        ScalarOp.Negate or ScalarOp.Abs or ScalarOp.CopySign => [node.A],
        ScalarOp.Min or ScalarOp.Max or ScalarOp.Add or ScalarOp.Subtract => [node.A, node.B],
        ScalarOp.Select => [node.B, node.C],
        _ => [],
    };
}

using OptGen.Generator.Graph;

namespace OptGen.Generator.Fusion;

/// <summary>Places every computed node in a kernel: the one of a producer where loops, order and memory allow it, otherwise a new one.</summary>
internal sealed class Grouping
{
    /// <summary>Results of one loop that fit into the registers of a processor, beside what they are computed from. A loop with some fifty is more than the JIT compiles well, too.</summary>
    private const int MostReductions = 20;

    private readonly TensorGraph _graph;
    private readonly AccessReader _reader;
    private readonly Dictionary<int, List<Access>> _accesses = [];
    private readonly Dictionary<int, Group> _groupOf = [];
    private readonly Dictionary<BufferRef, int> _writer = [];
    private readonly Dictionary<BufferRef, int> _sources = [];
    private readonly HashSet<int> _written = [];
    private readonly Dictionary<int, int> _again = [];
    private readonly Dictionary<int, List<Group>> _readers = [];
    private readonly ILookup<int, BufferRef> _targets;
    private readonly List<int>[] _users;
    private readonly int[] _updates;
    private readonly Dictionary<int, List<Group>> _ofUpdate = [];
    private readonly bool _areUpdatesApart;

    /// <param name="areUpdatesApart">Whether the update of each parameter is a kernel of its own, even where a producer's kernel could take part of it.</param>
    private Grouping(TensorGraph graph, bool[] computed, bool areUpdatesApart)
    {
        _graph = graph;
        Computed = computed;
        _areUpdatesApart = areUpdatesApart;
        _reader = new AccessReader(graph, computed);
        _users = Materialize.Users(graph);
        _targets = graph.Outputs.ToLookup(output => output.Node, output => output.Target);
        Evaluator evaluator = new(graph, _reader);
        List<int> first = [], last = [];
        bool[] feeds = InPlaceUpdates.FeedOthers(graph);
        for (int number = 0; number < graph.Nodes.Count; number++)
        {
            if (graph.Nodes[number].Op is SourceOp source)
                _sources[source.Buffer] = number;
            if (computed[number])
                (feeds[number] ? first : last).Add(number);
        }

        foreach (GraphOutput output in graph.Outputs)
        {
            if (InPlaceUpdates.IsInPlace(output.Target, _sources.ContainsKey))
                _writer[output.Target] = output.Node;
        }

        _written.UnionWith(_writer.Values);
        _updates = InPlaceUpdates.Of(graph, _writer, feeds);

        foreach (int number in first.Concat(InPlaceUpdates.BoundFirst(graph, computed, last, feeds)))
        {
            _accesses[number] = evaluator.Accesses(number);
            Place(number);
        }

        Order = FindOverwritten() ? Sorted() : null;
    }

    /// <summary>Whether whoever reads the new value of what is updated in place does so in the kernel that finds it: no other one can tell it from the old.</summary>
    private bool FindOverwritten() => _accesses.All(reader => reader.Value.All(access =>
        !_written.Contains(access.Leaf) || _updates[access.Leaf] < 0 || _updates[reader.Key] < 0 || _groupOf[access.Leaf] == _groupOf[reader.Key]));

    /// <summary>
    /// What overwrites in place must run after all readers. Where kernels that share the work of an update would wait for each other, it is done in one.
    /// </summary>
    public static Grouping Of(TensorGraph graph)
    {
        bool[] computed = Materialize.Run(graph);
        Grouping grouping = new(graph, computed, areUpdatesApart: false);
        if (grouping.Order is null)
            grouping = new Grouping(graph, computed, areUpdatesApart: true);

        // Updates that read each other at other positions read copies.
        return grouping.Order is null ? new Grouping(graph, Materialize.Run(graph, copiesOverwritten: true), areUpdatesApart: false) : grouping;
    }

    /// <summary>The nodes that are computed on their own.</summary>
    public bool[] Computed { get; }

    public List<Group> Groups { get; } = [];

    public IReadOnlyList<Access> Accesses(int node) => _accesses[node];

    public Group GroupOf(int node) => _groupOf[node];

    /// <summary>Groups in an order that respects data and the rule that whoever reads a source runs before it is overwritten; null when they wait for each other.</summary>
    public IReadOnlyList<Group>? Order { get; }

    private List<Group>? Sorted()
    {
        List<Group> sorted = [];
        HashSet<int> done = [];
        while (sorted.Count < Groups.Count)
        {
            if (Groups.FirstOrDefault(group => !done.Contains(group.Id) && group.After.All(done.Contains)) is not { } next)
                return null;
            done.Add(next.Id);
            sorted.Add(next);
        }

        return sorted;
    }

    private void Place(int number)
    {
        Domain domain = Domain.Of(_graph, number);
        if (_graph.Nodes[number].Op is ScanOp scan)
        {
            PlaceScan(number, scan, domain);
            return;
        }

        if (_graph.Nodes[number].Op is ConcatOp)
        {
            Group whole = new(Groups.Count) { IsConcat = true };
            Groups.Add(whole);
            Enter(number, domain, whole, [], 0);
            return;
        }

        IEnumerable<Group> producers = _accesses[number].Where(access => _groupOf.ContainsKey(access.Leaf)).Select(access => _groupOf[access.Leaf]).Distinct()
            .OrderByDescending(group => group.Id);
        int first = FirstGroup(number);
        IEnumerable<Group> candidates = _areUpdatesApart && _updates[number] >= 0 ? OfUpdate(number) : producers.Concat(Siblings(number, domain)).Concat(OfUpdate(number));
        foreach (Group group in candidates.Distinct())
        {
            if (group.Id < first)
                continue;
            if (_graph.Nodes[number].Op is ContractOp or ScatterOp || group.IsScatter || group.IsScan || group.IsConcat || !MayRunIn(number, domain, group))
                continue;
            if (Join.TryMap(_graph.Nodes[number], group, domain, _accesses[number]) is int[] map && (!SumsProducts(group) || Join.InnerAxes(group, domain, map).Length == 0)
                && ReadsBeforeWriting(number, group, domain, map))
            {
                Add(number, domain, group, map);
                return;
            }
        }

        Group created = new(Groups.Count);
        Groups.Add(created);
        int[] axes = Enumerable.Repeat(-1, domain.Axes).ToArray();
        foreach (int axis in domain.Outer.Where(axis => axis >= 0 && !(axis == 0 && _graph.Nodes[number].Op is ScatterOp)))
            axes[axis] = AddAxis(created, domain, axis);
        created.OuterCount = created.Axes.Count;
        if (_graph.Nodes[number].Op is ScatterOp)
            AddScatter(number, domain, created, axes);
        else
            Add(number, domain, created, axes);
    }

    /// <summary>
    /// The first kernel in which a node may run. What is computed again would find its inputs in kernels of the forward pass, but is to lie in memory from where the
    /// backward pass needs it.
    /// </summary>
    private int FirstGroup(int number)
    {
        int layer = _graph.Nodes[number].Again;
        if (layer == 0)
            return 0;
        if (!_again.TryGetValue(layer, out int first))
            _again.Add(layer, first = Groups.Count);
        return first;
    }

    /// <summary>All results of a scan come from one loop.</summary>
    private void PlaceScan(int number, ScanOp scan, Domain domain)
    {
        Group? group = Groups.Skip(FirstGroup(number)).FirstOrDefault(group => group.IsScan && _graph.Nodes[group.Members[0].Node] is { Op: ScanOp other, Inputs: var inputs }
            && inputs == _graph.Nodes[number].Inputs && other.Loop == scan.Loop);
        if (group is null)
            Groups.Add(group = new Group(Groups.Count) { IsScan = true });
        Enter(number, domain, group, [], 0);
    }

    /// <summary>A contraction runs in tiles, which later stages finish element by element: loops of their own would cost it the tiles.</summary>
    private bool SumsProducts(Group group) => group.Members.Any(member => _graph.Nodes[member.Node].Op is ContractOp);

    /// <summary>
    /// Pure element-by-element kernels over the same loops that read the same memory, or are read together: the outputs of one update rule. For a reduction, those that reduce
    /// the same loops and read the same memory, or as it only what is there when the program begins.
    /// </summary>
    private IEnumerable<Group> Siblings(int number, Domain domain)
    {
        if (_graph.Nodes[number].Op is ReduceOp)
        {
            foreach (Group group in Groups)
            {
                Member[] looping = [.. group.Members.Where(member => group.Stages.Count > member.Stage && group.Stages[member.Stage].Length > 0)];
                if (looping.Length is > 0 and < MostReductions && looping.All(member => ReducesAlike(member, domain)) && (ReadsTheSame(number, group) || (ReadsGiven(number) && looping.All(member => ReadsGiven(member.Node)))))
                    yield return group;
            }

            yield break;
        }

        if (_graph.Nodes[number].Op is not MapOp)
            yield break;
        IEnumerable<Group> sharing = _accesses[number].Where(access => _graph.Nodes[access.Leaf].Shape.Rank > 0).SelectMany(access => Readers(access.Leaf)).Where(IsAlike);
        IEnumerable<Group> together = _written.Contains(number)
            ? _users[number].SelectMany(user => _graph.Nodes[user].Inputs).Where(node => _groupOf.ContainsKey(node) && IsReadWith(node, number)).Select(node => _groupOf[node])
            : [];
        foreach (Group group in sharing.Concat(together).Distinct().OrderBy(group => group.Id))
            yield return group;

        bool IsAlike(Group group) =>
            group.Members.All(member => _graph.Nodes[member.Node].Op is MapOp && _graph.Nodes[member.Node].Shape == _graph.Nodes[number].Shape);
    }

    private bool ReducesAlike(Member member, Domain domain) =>
        _graph.Nodes[member.Node].Op is ReduceOp
        && member.Domain.Extents.SequenceEqual(domain.Extents) && member.Domain.Batched.SequenceEqual(domain.Batched)
        && member.Domain.Outer.SequenceEqual(domain.Outer) && member.Domain.Inner.SequenceEqual(domain.Inner);

    private bool ReadsTheSame(int number, Group group) =>
        _accesses[number].Where(access => _graph.Nodes[access.Leaf].Shape.Rank > 0).Any(access => Readers(access.Leaf).Contains(group));

    private bool ReadsGiven(int number) => _accesses[number].All(access => _graph.Nodes[access.Leaf].Op.IsGiven);

    /// <summary>Kernels that take part in the same update: each result may overwrite what another one reads, so that one kernel should read all before it writes.</summary>
    private IEnumerable<Group> OfUpdate(int number) =>
        _ofUpdate.TryGetValue(_updates[number], out List<Group>? groups) ? groups : [];

    /// <summary>
    /// Whether both are updates in place that some node reads. It must find them in one kernel, since what has overwritten a source is not read by other kernels.
    /// </summary>
    private bool IsReadWith(int node, int number) =>
        _written.Contains(node) && _written.Contains(number) && _graph.Nodes[node].Shape == _graph.Nodes[number].Shape && _users[node].Intersect(_users[number]).Any();

    /// <summary>Whether a kernel that takes the node can run after all that must run before it, and before all that must run after it.</summary>
    private bool MayRunIn(int number, Domain domain, Group group)
    {
        List<Group> before = [], after = [];
        foreach (Access access in _accesses[number])
        {
            if (_groupOf.TryGetValue(access.Leaf, out Group? producer))
                before.Add(producer);
            if (Overwriter(access.Leaf) is not { } overwriter)
                continue;
            if (overwriter == group && !IsOwnElement(access, domain))
                return false;
            after.Add(overwriter);
        }

        foreach (BufferRef target in _targets[number])
        {
            if (_sources.TryGetValue(target, out int source))
                before.AddRange(Readers(source));
        }

        before.RemoveAll(other => other == group);
        after.RemoveAll(other => other == group);
        if (before.Any(other => Reaches(other, group)) || after.Any(other => Reaches(group, other) || before.Any(first => Reaches(first, other))))
            return false;

        return MayOverwrite(number, group) && !(_written.Contains(number) && UpdatesThatRead(number).Any(user => !MayOverwrite(user, group)));
    }

    /// <summary>
    /// Updates in place that read this one, and those that read them in turn: each must find what it reads in its own kernel, which thus has to come late enough for all.
    /// </summary>
    private IEnumerable<int> UpdatesThatRead(int number) => _users[number].Where(_written.Contains).SelectMany(user => UpdatesThatRead(user).Prepend(user)).Distinct();

    /// <summary>Whether whoever reads what a node overwrites has read it by the time a kernel runs.</summary>
    private bool MayOverwrite(int number, Group group)
    {
        foreach (BufferRef target in _targets[number])
        {
            if (!_sources.TryGetValue(target, out int source))
                continue;
            foreach (Group reader in Readers(source))
            {
                if (reader == group ? !ReadsOnlyOwnElement(group, source) : Reaches(reader, group))
                    return false;
            }
        }

        return true;
    }

    /// <summary>Whether no stage of the group that the node joins would read what an earlier one has overwritten.</summary>
    private bool ReadsBeforeWriting(int number, Group group, Domain domain, int[] map)
    {
        int stage = Join.Stage(_graph, group, domain, (int[])map.Clone(), _accesses[number], out _);
        if (stage < 0)
            stage = group.Stages.Count;
        bool isTooLate = _accesses[number].Any(access => Overwriter(access.Leaf) == group && group.Members.Any(member => member.Stage < stage && Overwrites(member.Node, access.Leaf)));
        bool isTooEarly = group.Members.Any(member => member.Stage > stage && _accesses[member.Node].Any(access => Overwrites(number, access.Leaf)));
        return !isTooLate && !isTooEarly;
    }

    private bool Overwrites(int node, int source) => _graph.Nodes[source].Op is SourceOp { Buffer: var buffer } && _writer.TryGetValue(buffer, out int writer) && writer == node;

    /// <summary>The kernel that overwrites a source, once it has a place.</summary>
    private Group? Overwriter(int source) =>
        _graph.Nodes[source].Op is SourceOp { Buffer: var buffer } && _writer.TryGetValue(buffer, out int writer) && _groupOf.TryGetValue(writer, out Group? group) ? group : null;

    private IReadOnlyList<Group> Readers(int leaf) => _readers.TryGetValue(leaf, out List<Group>? groups) ? groups : [];

    private bool ReadsOnlyOwnElement(Group group, int source) => group.Members.All(member =>
        _accesses[member.Node].Where(access => access.Leaf == source).All(access => IsOwnElement(access, member.Domain)));

    private static bool IsOwnElement(Access access, Domain domain) =>
        domain.Inner.Length == 0 && access.Axes.Select((axis, i) => axis.Expr.IsZero || axis.Expr.AsAxis == domain.Outer.ElementAtOrDefault(i)).All(same => same);

    /// <summary>Whether <paramref name="from"/> runs after <paramref name="to"/>.</summary>
    private bool Reaches(Group from, Group to)
    {
        Stack<Group> open = new([from]);
        HashSet<int> seen = [];
        while (open.Count > 0)
        {
            Group group = open.Pop();
            if (group == to)
                return true;
            foreach (int before in group.After.Where(seen.Add))
                open.Push(Groups[before]);
        }

        return false;
    }

    private void Add(int number, Domain domain, Group group, int[] map)
    {
        int stage = Join.Stage(_graph, group, domain, map, _accesses[number], out int[] inner);
        if (stage < 0)
        {
            foreach (int axis in Join.InnerAxes(group, domain, map).Where(axis => map[axis] < 0))
            {
                // Stages over the same extent share the loop's axis, so that all of them can run in vectors along it.
                int shared = Enumerable.Range(group.OuterCount, group.Axes.Count - group.OuterCount).Where(loop =>
                    !map.Contains(loop) && group.Axes[loop].Extent == domain.Extents[axis] && group.Axes[loop].Batched == domain.Batched[axis]).DefaultIfEmpty(-1).First();
                map[axis] = shared >= 0 ? shared : AddAxis(group, domain, axis);
            }

            inner = Join.InnerAxes(group, domain, map).Select(axis => map[axis]).ToArray();
            stage = group.Stages.Count;
            group.Stages.Add(inner);
        }

        Enter(number, domain, group, map, stage);
    }

    private void Enter(int number, Domain domain, Group group, int[] map, int stage)
    {
        group.Members.Add(new Member(number, domain, map, stage));
        _groupOf[number] = group;
        if (_updates[number] >= 0)
        {
            if (!_ofUpdate.TryGetValue(_updates[number], out List<Group>? together))
                _ofUpdate[_updates[number]] = together = [];
            if (!together.Contains(group))
                together.Add(group);
        }

        foreach (Access access in _accesses[number])
        {
            if (!_readers.TryGetValue(access.Leaf, out List<Group>? readers))
                _readers[access.Leaf] = readers = [];
            if (!readers.Contains(group))
                readers.Add(group);
            if (_groupOf.TryGetValue(access.Leaf, out Group? producer) && producer != group)
                group.After.Add(producer.Id);
            if (Overwriter(access.Leaf) is { } overwriter && overwriter != group)
                overwriter.After.Add(group.Id);
        }

        foreach (BufferRef target in _targets[number])
        {
            if (_sources.TryGetValue(target, out int source))
                group.After.UnionWith(Readers(source).Where(reader => reader != group).Select(reader => reader.Id));
        }
    }

    /// <summary>For each position within a row: a stage that sets all rows of the table to zero, then one that adds to those that are looked up.</summary>
    private void AddScatter(int number, Domain domain, Group group, int[] map)
    {
        group.IsScatter = true;
        map[0] = AddAxis(group, domain, 0);
        group.Stages.Add([map[0]]);
        foreach (int axis in domain.Inner)
            map[axis] = AddAxis(group, domain, axis);
        group.Stages.Add([.. domain.Inner.Select(axis => map[axis])]);
        Enter(number, domain, group, map, 1);
    }

    private static int AddAxis(Group group, Domain domain, int axis)
    {
        int number = group.Axes.Count;
        group.Axes.Add(new Axis(AxisNames.Of(number), domain.Extents[axis], domain.Batched[axis]));
        return number;
    }
}

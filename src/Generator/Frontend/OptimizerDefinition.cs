using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Frontend;

/// <summary>A reduction as a definition calls it.</summary>
/// <param name="Method">The full name of the host's method on whole tensors, or empty.</param>
/// <param name="When">Name of the hyperparameter that turns it on, or empty.</param>
internal sealed record CalledReduction(string Name, Extent Over, ReductionKind Kind, string Method = "", string When = "")
{
    /// <summary>What the host's method takes besides the terms; states are numbered within the stage.</summary>
    public EquatableArray<WholeArgument> Arguments { get; init; } = [];

    /// <summary>Whether it draws random numbers.</summary>
    public bool Draws { get; init; }
}

/// <summary>A call of code of the host that runs once per step, as a definition writes it; states are numbered within the stage.</summary>
/// <param name="Method">The full name of the host's method.</param>
/// <param name="Names">The parameter of each argument.</param>
internal sealed record CalledOnce(string Name, string Method, EquatableArray<OnceArgument> Arguments, IReadOnlyList<string> Names, Location? Location);

/// <summary>What was read of the method of a stage: the outputs of <paramref name="Body"/> are as in <see cref="StageSpec"/>; numbers of states and reductions count within it.</summary>
internal sealed record StageReading(BoundFunction Body, IReadOnlyList<DeclaredState> States, IReadOnlyList<CalledReduction> Reductions, bool Holds, Location? HoldLocation)
{
    /// <summary>Whether an output says where later stages leave elements out.</summary>
    public bool Skips { get; init; }

    /// <summary>Whether no earlier stage can leave an element out of this one.</summary>
    public bool SeesAll { get; init; }

    /// <summary>Whether it also runs where a perturbation has moved the parameters.</summary>
    public bool HoldsWhereMoved { get; init; }

    /// <summary>Whether an output is a new loss.</summary>
    public bool ChangesLoss { get; init; }

    public Location? LossLocation { get; init; }

    /// <summary>The states that are arrays.</summary>
    public IReadOnlyList<DeclaredArray> Arrays { get; init; } = [];

    /// <summary>What the host runs once per step; the numbers that it is handed are the last outputs.</summary>
    public IReadOnlyList<CalledOnce> Calls { get; init; } = [];

    /// <summary>What is read of the arrays that calls leave; calls and states are numbered within the stage.</summary>
    public IReadOnlyList<OnceResult> Results { get; init; } = [];

    /// <summary>Where its outputs stand.</summary>
    public StageOutputs Outputs => new(States.Count, Reductions.Count, Holds, Skips, ChangesLoss);

    /// <summary>The values of options that bound states of pairs.</summary>
    public IReadOnlyDictionary<string, int> Limits { get; init; } = new Dictionary<string, int>();

    public bool ReadsLoss => Body.Inputs.Items.IndexOf(new UpdateInput(UpdateInputKind.Loss, 0)) is var loss and >= 0
        && Body.Function.Nodes.Any(node => node.Op == ScalarOp.Input && node.A == loss);
}

/// <summary>An object that defines a rule or a transform: the user's optimizer, or an attribute with the values that it was given.</summary>
internal sealed class OptimizerDefinition
{
    private readonly Evaluator _evaluator;
    private readonly ObjectValue _instance;
    private readonly bool _isOwn;

    private OptimizerDefinition(Evaluator evaluator, ObjectValue instance, Location? blame, bool isOwn)
    {
        _evaluator = evaluator;
        _instance = instance;
        Blame = blame;
        _isOwn = isOwn;
    }

    /// <summary>The class in source.</summary>
    public INamedTypeSymbol Type => _instance.Type;

    /// <summary>What a diagnostic underlines when the fault lies in a definition of the library.</summary>
    public Location? Blame { get; }

    /// <summary>The user's optimizer class itself; of its properties only the hyperparameters have values.</summary>
    public static OptimizerDefinition Own(Evaluator evaluator, INamedTypeSymbol type) => new(evaluator, new ObjectValue(type), type.Location(), isOwn: true);

    /// <summary>What an attribute stands for; null when it could not be read, which is reported.</summary>
    public static OptimizerDefinition? Of(Evaluator evaluator, AttributeData attribute) =>
        evaluator.Create(attribute) is { } instance ? new OptimizerDefinition(evaluator, instance, attribute.NameLocation(), isOwn: false) : null;

    /// <summary>The value of a hyperparameter before anything sets it.</summary>
    public double Initial(IPropertySymbol property) => _isOwn
        ? Initializer(property)
        : (_instance.Member(property.Name).Value as KnownValue)?.Number ?? 0;

    /// <summary>Where that value is written: in the attribute, be it as the property's or as an argument that its initializer names, or else where the property is declared.</summary>
    public Location? GivenAt(IPropertySymbol property)
    {
        ExpressionSyntax? initializer = (property.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() as PropertyDeclarationSyntax)?.Initializer?.Value;
        if (_isOwn)
            return initializer?.GetLocation() ?? property.Location();
        IEnumerable<string> names = initializer?.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Select(name => name.Identifier.ValueText) ?? [];
        foreach (string name in names.Prepend(property.Name))
        {
            if (_instance.Arguments.TryGetValue(name, out SyntaxNode given))
                return given.GetLocation();
        }

        return property.Location() ?? Blame;
    }

    /// <summary>Evaluates a method over symbolic elements; null when it is not understood, which is reported.</summary>
    /// <param name="hypers">The numbers of the hyperparameters among the optimizer's; those that are missing are absent, and 0.</param>
    public StageReading? Evaluate(OptimizerSignature signature, Dictionary<IPropertySymbol, int> hypers)
    {
        ScalarBuilder scalar = new();
        List<UpdateInput> inputs = [.. signature.Roles];
        Value[] arguments = [.. signature.Roles.Select((_, number) => new ElementValue(scalar, scalar.Input(number)))];
        foreach (DeclaredArray array in signature.Arrays)
        {
            Variable[] items = new Variable[array.Count];
            for (int position = 0; position < items.Length; position++)
            {
                // The first of them has the input that stands for the method's parameter.
                int number = position == 0 ? array.Parameter : inputs.Count;
                if (position > 0)
                    inputs.Add(new UpdateInput(UpdateInputKind.State, array.First + position));
                items[position] = new Variable(new ElementValue(scalar, scalar.Input(number)), 0);
            }

            arguments[array.Parameter] = new ArrayValue(items);
        }

        foreach (IPropertySymbol property in OptimizerHypers.Marked(Type))
        {
            if (!hypers.TryGetValue(property, out int hyper))
            {
                _instance.Set(property.Name, Value.Of(0.0));
                continue;
            }

            int input = scalar.Input(inputs.Count);
            inputs.Add(new UpdateInput(UpdateInputKind.Hyper, hyper));
            _instance.Set(property.Name, property.Type.SpecialType == SpecialType.System_Boolean
                ? new TruthValue(scalar, scalar.Apply(ScalarOp.Less, scalar.Constant(0), input))
                : new ElementValue(scalar, input));
        }

        Site site = new(scalar, inputs, signature.States, [.. signature.Arrays.Select(array => ((ArrayValue)arguments[array.Parameter], array.First))]);
        _evaluator.Scalar = scalar;
        _evaluator.Chain = site;
        CallResult? result = _evaluator.Call(signature.Method, _instance, arguments, Blame);
        _evaluator.Chain = null;
        if (result is null)
            return null;

        // An array gives its numbers one after the other.
        IEnumerable<Value?> results = signature.Results.Distinct().SelectMany(parameter =>
            result.Arguments[parameter] is ArrayValue array ? array.Items.Select(item => item.Value) : new Value?[] { result.Arguments[parameter] });
        if (!signature.Method.ReturnsVoid)
            results = new[] { result.Return }.Concat(results);
        List<int> outputs = [.. results.Select(value => site.Number(value) ?? -1), .. site.Terms];
        if (site.HoldNumber is int hold)
            outputs.Add(hold);
        if (site.SkipNumber is int skip)
            outputs.Add(skip);
        if (signature.NewLoss is int loss)
            outputs.Add(site.Number(result.Arguments[loss]) ?? -1);
        outputs.AddRange(site.CallTerms);
        return outputs.Contains(-1)
            ? null
            : new StageReading(
                new BoundFunction(scalar.Build(inputs.Count, [.. outputs]), inputs.ToEquatableArray()), signature.States, site.Reductions, site.HoldNumber is not null, site.HoldLocation)
            {
                Skips = site.SkipNumber is not null,
                ChangesLoss = signature.NewLoss is not null,
                LossLocation = signature.LossLocation,
                Arrays = signature.Arrays,
                Calls = site.Calls,
                Results = site.Results,
                Limits = signature.States.Select(state => state.AtMost).Distinct().Select(name => (Name: name, Value: Option(name)))
                    .Where(option => option.Value is not null).ToDictionary(option => option.Name, option => option.Value!.Value),
            };
    }

    /// <summary>The value of an option that is a positive whole number; null for another, or none.</summary>
    public int? Option(string name)
    {
        if (Type.GetMembers(name).OfType<IPropertySymbol>().FirstOrDefault() is not { Type.SpecialType: SpecialType.System_Int32 } property || property.Has(OptimizerSymbols.Hyper))
            return null;

        // One that others give, as the size of a table.
        bool isComputed = property is { SetMethod: null, GetMethod: not null } && !Type.GetMembers().OfType<IFieldSymbol>().Any(field => SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, property));
        double value = isComputed ? (_evaluator.Call(property.GetMethod!, _instance, [], Blame)?.Return as KnownValue)?.Number ?? 0 : Initial(property);
        return value >= 1 ? (int)value : null;
    }

    private double Initializer(IPropertySymbol property)
    {
        if (property.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is not PropertyDeclarationSyntax { Initializer.Value: { } initializer })
            return 0;
        Optional<object?> constant = _evaluator.Compilation.ModelOf(initializer.SyntaxTree).GetConstantValue(initializer, _evaluator.Cancellation);
        return constant.HasValue ? OptimizerLiterals.Number(constant.Value) : 0;
    }

    /// <summary>Collects what the method calls beyond its element. A reduction becomes an input; the same term reduced twice is one.</summary>
    private sealed class Site(ScalarBuilder scalar, List<UpdateInput> inputs, IReadOnlyList<DeclaredState> states, IReadOnlyList<(ArrayValue Array, int First)> arrays) : IChainSite
    {
        private readonly List<(int Term, CalledReduction Called, int Input)> _known = [];

        public List<CalledReduction> Reductions { get; } = [];

        public List<int> Terms { get; } = [];

        public List<CalledOnce> Calls { get; } = [];

        public List<OnceResult> Results { get; } = [];

        /// <summary>The numbers that calls are handed.</summary>
        public List<int> CallTerms { get; } = [];

        public int? HoldNumber { get; private set; }

        public Location? HoldLocation { get; private set; }

        public int? SkipNumber { get; private set; }

        public Value? Whole(IMethodSymbol method, Value term, IReadOnlyList<Value?> arguments, out IParameterSymbol? unfit)
        {
            unfit = null;
            AttributeData mark = method.Attribute(OptimizerSymbols.Whole)!;
            List<WholeArgument> handed = [];
            for (int i = 1; i < arguments.Count && unfit is null; i++)
            {
                if (Argument(arguments[i], method.Parameters[i]) is { } argument)
                    handed.Add(argument);
                else
                    unfit = method.Parameters[i];
            }

            if (unfit is not null)
                return null;
            if (Number(term) is not int value || mark.ConstructorArguments.ElementAtOrDefault(0).Value is not string name)
                return term;
            string when = mark.Named("When") as string ?? "";
            return Add(value, new CalledReduction(method.Name, Extent.Element, ReductionKind.Whole, "global::" + name, when) { Arguments = handed.ToEquatableArray(), Draws = mark.Flag("Draws") });
        }

        /// <summary>What code of the host is handed for a value; null when it can't be.</summary>
        private WholeArgument? Argument(Value? value, IParameterSymbol parameter)
        {
            if (Number(value) is not int number)
                return null;
            ScalarNode node = scalar[number];
            bool byReference = parameter.RefKind == RefKind.Ref;
            if (node.Op == ScalarOp.Constant)
                return byReference ? null : new WholeArgument(null, node.Value);
            if (node.Op != ScalarOp.Input)
                return null;
            UpdateInput input = inputs[node.A];
            Extent? over = input.Kind == UpdateInputKind.State ? states[input.Index].Over : null;
            return byReference ? (over?.IsPairs() == true ? new WholeArgument(input, 0) { IsPairs = true } : null)
                : input.Kind is UpdateInputKind.Hyper or UpdateInputKind.Step || over == Extent.Everything ? new WholeArgument(input, 0)
                : null;
        }

        public string? Once(IMethodSymbol method, IReadOnlyList<Value?> arguments, Location? location)
        {
            if (!method.ReturnsVoid)
                return "it returns something; declare it 'void', and let it leave what it finds in an array that is a state";
            List<OnceArgument> handed = [];
            List<int> terms = [];
            for (int i = 0; i < arguments.Count; i++)
            {
                string name = method.Parameters[i].Name;
                int array = arrays.ToList().FindIndex(own => ReferenceEquals(own.Array, arguments[i]));
                if (array >= 0)
                {
                    if (states[arrays[array].First].Over != Extent.Everything)
                        return $"'{name}' is a state of {states[arrays[array].First].Over.Describe()}; hand it sums";
                    handed.Add(new OnceArgument(arrays[array].First, arrays[array].Array.Items.Count, IsList: true));
                    continue;
                }

                Value?[] values = arguments[i] is ArrayValue list ? [.. list.Items.Select(item => item.Value)] : [arguments[i]];
                if (values.Any(value => Number(value) is null) || method.Parameters[i].RefKind != RefKind.None)
                    return $"'{name}' is neither a number nor an array of numbers";
                handed.Add(new OnceArgument(-1, values.Length, arguments[i] is ArrayValue));
                terms.AddRange(values.Select(value => Number(value)!.Value));
            }

            string full = method.Attribute(OptimizerSymbols.Once)!.ConstructorArguments.ElementAtOrDefault(0).Value as string ?? "";
            foreach (OnceArgument state in handed.Where(argument => argument.State >= 0))
            {
                // What the rule finds in the array from now on is what the call leaves.
                ArrayValue array = arrays.First(own => own.First == state.State).Array;
                for (int position = 0; position < state.Count; position++)
                {
                    array.Items[position].Value = Given(new UpdateInput(UpdateInputKind.Result, Results.Count));
                    Results.Add(new OnceResult(Calls.Count, state.State, position));
                }
            }

            CallTerms.AddRange(terms);
            Calls.Add(new CalledOnce(method.Name, "global::" + full, handed.ToEquatableArray(), [.. method.Parameters.Select(parameter => parameter.Name)], location));
            return null;
        }

        public Value Size(bool rows) => Given(new UpdateInput(rows ? UpdateInputKind.Rows : UpdateInputKind.Columns, 0));

        public Value Uniform(int stream) => Given(new UpdateInput(UpdateInputKind.Random, stream));

        private ElementValue Given(UpdateInput input)
        {
            int number = inputs.IndexOf(input);
            if (number < 0)
            {
                number = inputs.Count;
                inputs.Add(input);
            }

            return new ElementValue(scalar, scalar.Input(number));
        }

        public Value Reduce(IMethodSymbol method, Value term)
        {
            AttributeData mark = method.Attribute(OptimizerSymbols.Reduce)!;
            Extent over = mark.ConstructorArguments.ElementAtOrDefault(0).Value is int extent ? (Extent)extent : Extent.Everything;
            ReductionKind kind = mark.ConstructorArguments.ElementAtOrDefault(1).Value is int number ? (ReductionKind)number : ReductionKind.Sum;
            if (Number(term) is not int value)
                return term;
            return Add(value, new CalledReduction(method.Name, over, kind));
        }

        private ElementValue Add(int term, CalledReduction called)
        {
            foreach ((int known, CalledReduction same, int input) in _known)
            {
                if (known == term && same == called)
                    return new ElementValue(scalar, input);
            }

            int fresh = scalar.Input(inputs.Count);
            inputs.Add(new UpdateInput(UpdateInputKind.Reduced, Reductions.Count));
            _known.Add((term, called, fresh));
            Reductions.Add(called);
            Terms.Add(term);
            return new ElementValue(scalar, fresh);
        }

        public void Hold(Value condition, Location? location)
        {
            HoldLocation = location;
            HoldNumber = Either(HoldNumber, condition);
        }

        public void Skip(Value condition) => SkipNumber = Either(SkipNumber, condition);

        /// <summary>1 where the condition is true, or what was before is 1; else 0.</summary>
        private int Either(int? before, Value condition)
        {
            int truth = condition switch
            {
                TruthValue symbolic => symbolic.Number,
                KnownValue { Data: true } => scalar.Apply(ScalarOp.Less, scalar.Constant(0), scalar.Constant(1)),
                _ => scalar.Apply(ScalarOp.Less, scalar.Constant(1), scalar.Constant(0)),
            };
            int flag = scalar.Apply(ScalarOp.Select, truth, scalar.Constant(1), scalar.Constant(0));
            return before is int other ? scalar.Apply(ScalarOp.Max, other, flag) : flag;
        }

        public int? Number(Value? value) => value switch
        {
            ElementValue element => element.Number,
            KnownValue { Number: double known } => scalar.Constant(known),
            _ => null,
        };
    }
}

using System.Globalization;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using OptGen.Generator.Diagnostics;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Frontend;

/// <summary>Collects the hyperparameters of an optimizer: its own properties, then those of its rule and transforms.</summary>
/// <param name="element">The keyword of the optimizer's element type, which generated properties of real numbers get.</param>
internal sealed class OptimizerHypers(string element, DiagnosticBag diagnostics)
{
    private readonly List<HyperSpec> _specs = [];
    private readonly Dictionary<(string Stage, string Property), int> _ofStages = [];

    public HyperSpec this[int index] => _specs[index];

    public int IndexOf(string name) => _specs.FindIndex(hyper => hyper.Name == name);

    public EquatableArray<HyperSpec> ToSpecs() => _specs.ToEquatableArray();

    /// <summary>The names, for a message.</summary>
    public string Describe() => _specs.Count == 0 ? "none" : string.Join(", ", _specs.Select(hyper => hyper.Name));

    /// <summary>The properties that the user's optimizer class declares itself; gives the number of each.</summary>
    public Dictionary<IPropertySymbol, int> AddOwn(OptimizerDefinition own) =>
        Add(own, property => (Absent: false, own.Initial(property)), property => property.Name, isUsers: true);

    /// <summary>
    /// The hyperparameters of a rule's or transform's attribute; gives the number of each. An optional one that the attribute does not give is left out.
    /// </summary>
    public Dictionary<IPropertySymbol, int> AddOf(AttributeData attribute, OptimizerDefinition definition) =>
        Add(definition, property => (IsAbsent(attribute, property), definition.Initial(property)), property => FreeName(attribute, property.Name), isUsers: false, attribute);

    /// <summary>The factor by which the learning rate shrinks from layer to layer; gives its number.</summary>
    public int AddLayerDecay(double initial, Location? location)
    {
        HyperSpec decay = new("LayerDecay", element, initial, IsUsers: false, Decays: false, "Factor on the learning rate from each layer to the one before it.") { Bounds = Bounds.NotNegative };
        CheckRange(decay, initial, location);
        _specs.Add(decay);
        return _specs.Count - 1;
    }

    /// <summary>Whether a property is an optional hyperparameter that the attribute does not give.</summary>
    public static bool IsAbsent(AttributeData attribute, IPropertySymbol property) =>
        property.Attribute(OptimizerSymbols.Hyper)?.Flag("Optional") == true && !attribute.NamedArguments.Any(argument => argument.Key == property.Name);

    /// <summary>Reports a value of a hyperparameter that is outside of its range.</summary>
    public void CheckRange(HyperSpec hyper, double value, Location? location)
    {
        if (!hyper.Bounds.Contains(value))
            diagnostics.Report(DiagnosticDescriptors.HyperOutOfRange, location, hyper.Name, Bounds.Text(value), hyper.Bounds.Describe());
    }

    private Dictionary<IPropertySymbol, int> Add(
        OptimizerDefinition definition, Func<IPropertySymbol, (bool Absent, double Initial)> read, Func<IPropertySymbol, string> name, bool isUsers, AttributeData? attribute = null)
    {
        Dictionary<IPropertySymbol, int> numbers = new(SymbolEqualityComparer.Default);
        foreach (IPropertySymbol property in Marked(definition.Type))
        {
            if (attribute is not null && IsShared(attribute, property, out int shared))
            {
                if (shared >= 0)
                    numbers.Add(property, shared);
                continue;
            }

            if (!CheckForm(property, isUsers) || read(property) is not (false, double initial))
                continue;
            numbers.Add(property, _specs.Count);
            if (attribute is not null)
                _ofStages[(attribute.ShortName(), property.Name)] = _specs.Count;
            bool real = property.Type.IsReal();
            string keyword = real && !isUsers ? element : property.Type.ToDisplayString(SymbolDisplayFormat.CSharpErrorMessageFormat);
            bool decays = property.Attribute(OptimizerSymbols.Hyper)!.Flag("Decay");
            HyperSpec hyper = new(name(property), keyword, initial, isUsers, decays, Summary(property)) { Bounds = ReadBounds(property) };
            CheckRange(hyper, initial, definition.GivenAt(property));
            _specs.Add(hyper);
        }

        return numbers;
    }

    /// <summary>Whether a hyperparameter is that of another stage; its number, or −1 where that stage is missing, which is reported.</summary>
    private bool IsShared(AttributeData attribute, IPropertySymbol property, out int number)
    {
        AttributeData mark = property.Attribute(OptimizerSymbols.Hyper)!;
        string? of = mark.Named("Of") as string;
        number = of is not null ? (_ofStages.TryGetValue((of, property.Name), out int own) ? own : -1) : mark.Flag("OfRule") ? IndexOf(property.Name) : -1;
        if (of is not null && number < 0)
            diagnostics.Report(DiagnosticDescriptors.HyperOfMissing, attribute.NameLocation(), attribute.ShortName(), property.Name, of);
        int shared = number;
        if (shared >= 0 && attribute.NamedArguments.Any(argument => argument.Key == property.Name))
        {
            string? stage = of ?? _ofStages.Where(known => known.Value == shared).Select(known => known.Key.Stage).FirstOrDefault();
            diagnostics.Report(DiagnosticDescriptors.HyperOfAnother, attribute.NameLocation(), attribute.ShortName(), property.Name, stage is null ? "the optimizer's own rule" : $"[{stage}]");
        }

        return of is not null || number >= 0;
    }

    /// <summary>The hyperparameters of a class, those of its bases first.</summary>
    public static IEnumerable<IPropertySymbol> Marked(INamedTypeSymbol type)
    {
        IEnumerable<IPropertySymbol> own = type.GetMembers().OfType<IPropertySymbol>().Where(property => property.Has(OptimizerSymbols.Hyper));
        return type.BaseType is { SpecialType: not SpecialType.System_Object } parent ? Marked(parent).Concat(own) : own;
    }

    private Bounds ReadBounds(IPropertySymbol property)
    {
        if (property.Attribute(OptimizerSymbols.Bounds) is not { } attribute || property.Type.SpecialType == SpecialType.System_Boolean)
            return default;
        Bounds bounds = new(attribute.Named("AtLeast") as double?, attribute.Named("Above") as double?, attribute.Named("AtMost") as double?, attribute.Named("Below") as double?);
        if (property.Type.SpecialType == SpecialType.System_Int32)
            bounds = bounds.Whole();
        if (!bounds.IsEmpty)
            return bounds;
        diagnostics.Report(DiagnosticDescriptors.BoundsWithoutNumber, attribute.NameLocation(), property.Name, bounds.Describe());
        return default;
    }

    private bool CheckForm(IPropertySymbol property, bool isUsers)
    {
        string type = property.Type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);
        bool settable = property is { IsStatic: false, IsIndexer: false, GetMethod: not null, SetMethod: { } setter } && !(isUsers && setter.IsInitOnly);
        bool supported = property.Type.IsReal() || property.Type.SpecialType is SpecialType.System_Int32 or SpecialType.System_Boolean;
        if (!settable)
            diagnostics.Report(DiagnosticDescriptors.HyperNotSettable, property.Location(), property.Name, type);
        if (!supported)
            diagnostics.Report(DiagnosticDescriptors.HyperType, property.TypeLocation(), property.Name, type);
        return settable && supported;
    }

    // A rule's hyperparameter keeps its name; that of a transform gets the transform's name in front where another has it already.
    private string FreeName(AttributeData attribute, string name)
    {
        string free = IndexOf(name) < 0 || attribute.AttributeClass.DerivesFrom(OptimizerSymbols.UpdateRule) ? name : attribute.ShortName() + name;
        for (int number = 2; IndexOf(free) >= 0 && free != name; number++)
            free = attribute.ShortName() + name + number.ToString(CultureInfo.InvariantCulture);
        return free;
    }

    /// <summary>The text of the property's documentation, on one line.</summary>
    private static string Summary(IPropertySymbol property)
    {
        string? xml = property.GetDocumentationCommentXml(CultureInfo.InvariantCulture);
        if (string.IsNullOrEmpty(xml))
            return "";
        XElement? summary = XElement.Parse(xml).Element("summary");
        return summary is null ? "" : string.Join(" ", Text(summary).Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));
    }

    private static string Text(XElement element) => string.Concat(element.Nodes().Select(node => node switch
    {
        XText text => text.Value,
        XElement { IsEmpty: true } reference => Referenced(reference)?.Split('.', ':').Last() ?? "",
        XElement child => Text(child),
        _ => "",
    }));

    private static string? Referenced(XElement reference) =>
        (reference.Attribute("cref") ?? reference.Attribute("langword") ?? reference.Attribute("name"))?.Value;
}

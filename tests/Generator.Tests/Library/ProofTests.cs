using OptGen.Generator.Tests.Docs;

namespace OptGen.Generator.Tests.Library;

/// <summary>Every definition of the library's layers, activations, losses and functions is held against something.</summary>
public sealed class ProofTests
{
    public static TheoryData<string, string> Definitions
    {
        get
        {
            TheoryData<string, string> rows = [];
            foreach (LibraryDefinition definition in LibraryDefinition.All.Where(definition => LibraryCases.Kinds.Contains(definition.Kind)))
                rows.Add(definition.Kind, definition.Name);
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Definitions))]
    public void A_definition_has_a_proof(string kind, string name)
    {
        Assert.True(LibraryCases.All.Any(each => each.Definitions.Contains(name)), $"{name} has no case in the tables of {nameof(LibraryCases)}.");
        string[] proofs = Proofs.Of(LibraryDefinition.All.Single(definition => definition.Kind == kind && definition.Name == name));
        Assert.True(proofs.Length > 0, $"{name} has no gradient that is held against PyTorch, a closed form or differences.");
    }

    [Fact]
    public void A_case_proves_a_definition_that_there_is()
    {
        string[] known = [.. LibraryDefinition.All.Where(definition => LibraryCases.Kinds.Contains(definition.Kind)).Select(definition => definition.Name)];
        Assert.Empty(LibraryCases.All.SelectMany(each => each.Definitions).Except(known));
        Assert.Equal(LibraryCases.All.Count, LibraryCases.All.Select(each => each.Name).Distinct().Count());
    }

    [Fact]
    public void The_kinds_that_need_proofs_are_those_of_the_library()
    {
        string[] others = ["Rules", "Transforms", "Schedules", "Initializers"];
        Assert.Equal(LibraryCases.Kinds.Concat(others).Order(), LibraryDefinition.All.Select(definition => definition.Kind).Distinct().Order());
    }

    [Fact]
    public void Proofs_are_told_apart()
    {
        string[] Of(string name) => Proofs.Of(LibraryDefinition.All.Single(definition => definition.Name == name && definition.Kind != "Initializers"));
        Assert.Equal(["PyTorch", "differences"], Of("Dense"));
        Assert.Equal(["PyTorch", "closed form", "differences"], Of("WeightNorm"));
        Assert.Equal(["closed form", "differences"], Of("SpectralNorm"));
        Assert.Equal(["differences"], Of("Dropout"));
    }
}

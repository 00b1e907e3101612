namespace OptGen;

/// <summary>Marks what the compiler knows itself instead of reading its body.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PrimitiveAttribute : Attribute;

namespace OptGen;

/// <summary>
/// The first value of one element of a parameter, as a static method: <c>Initializers.HeNormal</c> or one of yours. It computes in double precision, and should use
/// no random numbers but those of its input, so that a seed gives the same model everywhere.
/// </summary>
/// <param name="input">What is known of the element and its parameter.</param>
public delegate double ElementInitializer(in InitializerInput input);

/// <summary>The first values of all elements of a parameter together, where they depend on each other.</summary>
/// <param name="input">What is known of the parameter.</param>
/// <param name="values">Takes the elements, last axis fastest.</param>
public delegate void TensorInitializer(in InitializerInput input, Span<double> values);

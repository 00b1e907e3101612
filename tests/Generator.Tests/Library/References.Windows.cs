namespace OptGen.Generator.Tests.Library;

/// <summary>Images or, with a width of 1, sequences, and the windows that lie on them.</summary>
internal sealed record WindowSpec(int Height, int Width, int Inputs, int Outputs, int Kernel, int KernelWidth)
{
    public int Stride { get; init; } = 1;

    public int StrideWidth { get; init; } = 1;

    public int Padding { get; init; }

    public int PaddingAfter { get; init; }

    public int PaddingWidth { get; init; }

    public int PaddingWidthAfter { get; init; }

    public int Dilation { get; init; } = 1;

    public int DilationWidth { get; init; } = 1;

    public int Groups { get; init; } = 1;
}

// Convolutions and poolings by their definitions: PyTorch's documentation of Conv2d, ConvTranspose2d, MaxPool2d, AvgPool2d and their adaptive forms.
internal static partial class References
{
    public static WindowSpec Square(int height, int width, int channels, int kernel, int stride = 1, int padding = 0) => new(height, width, channels, channels, kernel, kernel)
    {
        Stride = stride,
        StrideWidth = stride,
        Padding = padding,
        PaddingAfter = padding,
        PaddingWidth = padding,
        PaddingWidthAfter = padding,
    };

    public static WindowSpec Steps(int steps, int channels, int kernel, int stride = 1, int padding = 0) =>
        new(steps, 1, channels, channels, kernel, 1) { Stride = stride, Padding = padding, PaddingAfter = padding };

    public static double[][] Convolution(Call call, WindowSpec at)
    {
        double[] kernel = call["Kernel"], bias = call["Bias"];
        int rows = Windows(at.Height, at.Kernel, at.Stride, at.Dilation, at.Padding, at.PaddingAfter), columns = Windows(at.Width, at.KernelWidth, at.StrideWidth, at.DilationWidth, at.PaddingWidth, at.PaddingWidthAfter);
        List<double> y = [];
        foreach ((int row, int p, int q, int o) in Grid(call.Rows, rows, columns, at.Outputs))
        {
            double sum = bias[o];
            for (int i = 0; i < at.Kernel; i++)
            {
                for (int j = 0; j < at.KernelWidth; j++)
                {
                    for (int c = 0; c < at.Inputs; c++)
                    {
                        double x = At(call, at, row, (p * at.Stride) + (i * at.Dilation) - at.Padding, (q * at.StrideWidth) + (j * at.DilationWidth) - at.PaddingWidth, c) ?? 0;
                        sum += x * kernel[(((((i * at.KernelWidth) + j) * at.Inputs) + c) * at.Outputs) + o];
                    }
                }
            }

            y.Add(sum);
        }

        return [[.. y]];
    }

    /// <summary>Each input is spread over its window; the padding behind is what is added to the output.</summary>
    public static double[][] TransposedConvolution(Call call, WindowSpec at)
    {
        double[] kernel = call["Kernel"], bias = call["Bias"];
        int rows = ((at.Height - 1) * at.Stride) - (2 * at.Padding) + (at.Dilation * (at.Kernel - 1)) + 1 + at.PaddingAfter;
        int columns = at.Width == 1 && at.KernelWidth == 1 ? 1 : ((at.Width - 1) * at.StrideWidth) - (2 * at.PaddingWidth) + (at.Dilation * (at.KernelWidth - 1)) + 1 + at.PaddingAfter;
        int each = at.Outputs / at.Groups, share = at.Inputs / at.Groups;
        double[] y = [.. Enumerable.Range(0, call.Rows * rows * columns * at.Outputs).Select(i => bias[i % at.Outputs])];
        foreach ((int row, int h, int w, int c) in Grid(call.Rows, at.Height, at.Width, at.Inputs))
        {
            double x = At(call, at, row, h, w, c)!.Value;
            for (int i = 0; i < at.Kernel; i++)
            {
                for (int j = 0; j < at.KernelWidth; j++)
                {
                    int p = (h * at.Stride) + (i * at.Dilation) - at.Padding, q = (w * at.StrideWidth) + (j * at.Dilation) - at.PaddingWidth;
                    for (int o = 0; o < each && p >= 0 && p < rows && q >= 0 && q < columns; o++)
                        y[(((((row * rows) + p) * columns) + q) * at.Outputs) + (c / share * each) + o] += x * kernel[(((((i * at.KernelWidth) + j) * at.Inputs) + c) * each) + o];
                }
            }
        }

        return [y];
    }

    public static double[][] Pooling(Call call, WindowSpec at, bool isMax, bool ceil = false, bool countPadding = true)
    {
        int rows = Windows(at.Height, at.Kernel, at.Stride, at.Dilation, at.Padding, at.PaddingAfter, ceil);
        int columns = Windows(at.Width, at.KernelWidth, at.StrideWidth, at.DilationWidth, at.PaddingWidth, at.PaddingWidthAfter, ceil);
        List<double> y = [];
        foreach ((int row, int p, int q, int c) in Grid(call.Rows, rows, columns, at.Inputs))
        {
            List<double> elements = [];
            int counted = 0;
            for (int i = 0; i < at.Kernel; i++)
            {
                for (int j = 0; j < at.KernelWidth; j++)
                {
                    int h = (p * at.Stride) + (i * at.Dilation) - at.Padding, w = (q * at.StrideWidth) + (j * at.DilationWidth) - at.PaddingWidth;
                    counted += h < at.Height + at.PaddingAfter && w < at.Width + at.PaddingWidthAfter ? 1 : 0;
                    if (At(call, at, row, h, w, c) is double element)
                        elements.Add(element);
                }
            }

            y.Add(isMax ? elements.Max() : elements.Sum() / (countPadding ? counted : elements.Count));
        }

        return [[.. y]];
    }

    public static double[][] AdaptivePooling(Call call, int height, int width, int channels, int rows, int columns, bool isMax)
    {
        WindowSpec at = new(height, width, channels, channels, 1, 1);
        List<double> y = [];
        foreach ((int row, int p, int q, int c) in Grid(call.Rows, rows, columns, channels))
        {
            double[] elements = [.. from h in Range(p, height, rows) from w in Range(q, width, columns) select At(call, at, row, h, w, c)!.Value];
            y.Add(isMax ? elements.Max() : elements.Average());
        }

        return [[.. y]];

        static IEnumerable<int> Range(int window, int size, int count)
        {
            int start = (int)Math.Floor((double)window * size / count), end = (int)Math.Ceiling((window + 1.0) * size / count);
            return Enumerable.Range(start, end - start);
        }
    }

    /// <summary>PyTorch's interpolate by size, nearest or bilinear.</summary>
    public static double[][] Resize(Call call, int height, int width, int channels, int rows, int columns, bool isBilinear, bool areCornersAligned = false)
    {
        WindowSpec at = new(height, width, channels, channels, 1, 1);
        List<double> y = [];
        foreach ((int row, int p, int q, int c) in Grid(call.Rows, rows, columns, channels))
        {
            (int top, int bottom, double down) = Source(p, height, rows);
            (int left, int right, double along) = Source(q, width, columns);
            double X(int h, int w) => At(call, at, row, h, w, c)!.Value;
            y.Add(((1 - down) * (((1 - along) * X(top, left)) + (along * X(top, right)))) + (down * (((1 - along) * X(bottom, left)) + (along * X(bottom, right)))));
        }

        return [[.. y]];

        (int First, int Second, double Share) Source(int position, int size, int count)
        {
            if (!isBilinear)
                return (position * size / count, position * size / count, 0);
            double source = areCornersAligned
                ? (count > 1 ? position * (size - 1.0) / (count - 1) : 0)
                : Math.Max(0, ((position + 0.5) * size / count) - 0.5);
            int first = (int)source;
            return (first, Math.Min(first + 1, size - 1), source - first);
        }
    }

    /// <summary>The first axis continued by elements of its own.</summary>
    public static double[][] Pad(Call call, int size, int width, int before, int after, Func<int, int> front, Func<int, int, int> back)
    {
        List<double> y = [];
        for (int row = 0; row < call.Rows; row++)
        {
            for (int i = -before; i < size + after; i++)
            {
                int source = i < 0 ? front(i) : i >= size ? back(i, size) : i;
                y.AddRange(call.X.AsSpan(((row * size) + source) * width, width));
            }
        }

        return [[.. y]];
    }

    /// <summary>The last three of six rows times the sum of the first two.</summary>
    public static double[][] SplitSizes(Call call)
    {
        List<double> y = [];
        foreach ((int row, int p, int q, int _) in Grid(call.Rows, 3, call.Size, 1))
        {
            double X(int part) => call.X[(((row * 6) + part) * call.Size) + q];
            y.Add(X(3 + p) * (X(0) + X(1)));
        }

        return [[.. y]];
    }

    private static IEnumerable<(int Row, int P, int Q, int C)> Grid(int rows, int height, int width, int channels) =>
        from row in Enumerable.Range(0, rows)
        from p in Enumerable.Range(0, height)
        from q in Enumerable.Range(0, width)
        from c in Enumerable.Range(0, channels)
        select (row, p, q, c);

    private static double? At(Call call, WindowSpec at, int row, int h, int w, int c) =>
        h < 0 || w < 0 || h >= at.Height || w >= at.Width ? null : call.X[(((((row * at.Height) + h) * at.Width) + w) * at.Inputs) + c];

    private static int Windows(int size, int kernel, int stride, int dilation, int before, int after, bool ceil = false)
    {
        double last = (double)(size + before + after - (dilation * (kernel - 1)) - 1) / stride;
        int count = (int)(ceil ? Math.Ceiling(last) : Math.Floor(last)) + 1;
        return ceil && (count - 1) * stride >= size + before ? count - 1 : count;
    }
}

using System.Text;
using Ipo.Samples.Commands;

// Windows would take the code page of its console; the host reads UTF-8.
if (OperatingSystem.IsWindows()) Console.OutputEncoding = new UTF8Encoding(false);

return await SamplesCommand.RunAsync(args, Console.Out, Console.Error);

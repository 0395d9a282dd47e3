using Ipo.Samples;

return await SampleCommand.RunAsync(args, Console.Out, Console.Error);

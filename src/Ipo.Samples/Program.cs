using Ipo.Samples;
using Ipo.Samples.Styles;
using Ipo.Samples.Things;

var things = Thing.All.Where(t => t.Category == args[0]).ToList();
var styles = args.Length > 2 ? args[2].Split(',').Select(n => Style.All.First(s => s.Name == n)).ToList() : Style.All;
var copies = args.Length > 3 ? int.Parse(args[3]) : 1;
File.WriteAllBytes(args[1], ContactSheet.Draw([.. things.SelectMany(t => styles.SelectMany(s => Enumerable.Range(0, copies).Select(n => (t, s, n))))], styles.Count * copies, 1, 96));
return 0;

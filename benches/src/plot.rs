//! Draws the plot of benches/RESULTS.md.

use std::fmt::Write;

/// Draws a plot as SVG. For each of the named jobs, it shows how the time for one row depends on the number of rows.
#[must_use]
pub fn growth_plot(growth: &[(f64, [f64; 3])], names: [&str; 3]) -> String {
    const COLOURS: [&str; 3] = ["#888888", "#1f6feb", "#d9480f"];
    const LEFT: f64 = 70.0;
    const WIDTH: f64 = 480.0;
    const BOTTOM: f64 = 300.0;
    const HEIGHT: f64 = 250.0;
    let most = growth.iter().flat_map(|(_, times)| times).fold(0.0_f64, |most, time| most.max(*time));
    let top = (most / 50.0).ceil() * 50.0;
    let x = |rows: f64| LEFT + (rows.log10() - 3.0) / 4.0 * WIDTH;
    let y = |time: f64| BOTTOM - time / top * HEIGHT;
    let mut svg = String::from(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 720 350\" font-family=\"sans-serif\" font-size=\"13\">\n\
         <rect width=\"720\" height=\"350\" fill=\"#ffffff\"/>\n<text x=\"20\" y=\"28\" font-size=\"15\">Reading a \
         roster with every check: nanoseconds a row</text>\n",
    );
    for step in 0..=5 {
        let time = top * f64::from(step) / 5.0;
        let at = y(time);
        let end = LEFT + WIDTH;
        let _ = writeln!(
            svg,
            "<path d=\"M{LEFT} {at:.1}H{end}\" stroke=\"#dddddd\"/><text x=\"60\" y=\"{:.1}\" text-anchor=\"end\">{time:.0}</text>",
            at + 4.0
        );
    }
    for (rows, name) in [(1e3, "1k"), (1e4, "10k"), (1e5, "100k"), (1e6, "1M"), (9.1e6, "9.1M")] {
        let _ = writeln!(svg, "<text x=\"{:.1}\" y=\"320\" text-anchor=\"middle\">{name}</text>", x(rows));
    }
    let mut heights = Vec::new();
    for (number, (name, colour)) in names.into_iter().zip(COLOURS).enumerate() {
        let points: Vec<String> =
            growth.iter().map(|(rows, times)| format!("{:.1},{:.1}", x(*rows), y(times[number]))).collect();
        let last = growth.last().map_or(0.0, |(_, times)| y(times[number]));
        // The names beside the lines must not overlap.
        let named =
            heights.iter().fold(last, |at: f64, other: &f64| if (at - other).abs() < 16.0 { other + 16.0 } else { at });
        heights.push(named);
        let _ = writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/><text x=\"{:.1}\" y=\"{:.1}\" fill=\"{colour}\">{name}</text>",
            points.join(" "),
            x(9.1e6) + 12.0,
            named + 4.0
        );
    }
    svg.push_str("</svg>\n");
    svg
}

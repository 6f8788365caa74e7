//! Charts, drawn by the server as SVG attributes: no script, no style within the page, the colours those of the theme.
//!
//! Labels stay HTML, so they never stretch with the picture. Whoever cannot see it is told by a sentence, which the page
//! gives. `chart.html` and `spark.html` write what is drawn here.

use std::fmt::Write as _;

/// The size of a chart in its own units, as in `chart.html`.
const WIDTH: f64 = 600.0;
const HEIGHT: f64 = 180.0;
/// The size of a small one without labels, as in `spark.html`.
const SPARK_WIDTH: f64 = 96.0;
const SPARK_HEIGHT: f64 = 32.0;
/// How many parts the height is divided into by the lines behind.
const STEPS: u32 = 3;
/// The same where it is a share of a whole, so that each is a quarter.
const QUARTERS: u32 = 4;
/// What a step may be, times a power of ten.
const ROUND: [f64; 7] = [1.0, 2.0, 3.0, 4.0, 5.0, 8.0, 10.0];

/// What is measured, at points of time that lie equally far apart, the oldest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Series {
    /// Its colour: `s1` to `s5`, or `sbad`.
    pub(crate) class: &'static str,
    /// What it is called.
    pub(crate) label: String,
    /// What it is now, or in all, beside its name.
    pub(crate) value: String,
    /// None where nothing was measured.
    pub(crate) points: Vec<Option<f64>>,
    /// Whether what is below the line is filled.
    pub(crate) is_filled: bool,
}

/// A chart, ready to be written.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Chart {
    /// The sentence that says the same.
    pub(crate) sentence: String,
    /// What stands beside the lines behind, from the top.
    pub(crate) y: Vec<String>,
    /// What stands below, from the oldest.
    pub(crate) x: Vec<String>,
    pub(crate) lines: Vec<Line>,
}

/// How much the lines behind are apart, and how many there are above the lowest.
#[derive(Debug, Clone, Copy)]
struct Scale {
    step: f64,
    steps: u32,
}

/// One series, drawn.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Line {
    pub(crate) class: &'static str,
    pub(crate) label: String,
    pub(crate) value: String,
    pub(crate) path: String,
    /// Empty if it is not filled.
    pub(crate) area: String,
}

impl Chart {
    /// Draws series in the same measure. `label` writes a number of that measure.
    pub(crate) fn draw(
        sentence: String,
        series: Vec<Series>,
        x: Vec<String>,
        label: impl Fn(f64) -> String,
    ) -> Self {
        let points = series.iter().map(|series| series.points.as_slice());
        let scale = Scale {
            step: step(highest(points)),
            steps: STEPS,
        };
        Self::draw_on(scale, sentence, series, x, label)
    }

    /// Draws series in percent, of which there are a hundred whatever was measured.
    pub(crate) fn draw_percent(
        sentence: String,
        series: Vec<Series>,
        x: Vec<String>,
        label: impl Fn(f64) -> String,
    ) -> Self {
        let scale = Scale {
            step: 100.0 / f64::from(QUARTERS),
            steps: QUARTERS,
        };
        Self::draw_on(scale, sentence, series, x, label)
    }

    fn draw_on(
        Scale { step, steps }: Scale,
        sentence: String,
        series: Vec<Series>,
        x: Vec<String>,
        label: impl Fn(f64) -> String,
    ) -> Self {
        let top = step * f64::from(steps);
        let y = (0..=steps)
            .rev()
            .map(|number| label(step * f64::from(number)));
        let lines = series.into_iter().map(|series| {
            let area = if series.is_filled {
                area(&series.points, top, (WIDTH, HEIGHT))
            } else {
                String::new()
            };
            Line {
                path: line(&series.points, top, (WIDTH, HEIGHT)),
                area,
                class: series.class,
                label: series.label,
                value: series.value,
            }
        });
        Self {
            sentence,
            y: y.collect(),
            x,
            lines: lines.collect(),
        }
    }

    /// At which heights the lines behind are.
    pub(crate) fn rules(&self) -> Vec<String> {
        let last = u32::try_from(self.y.len().saturating_sub(1)).unwrap_or(STEPS);
        let part = HEIGHT / f64::from(last.max(1));
        let rules = (0..=last).map(|number| coordinate(part * f64::from(number)));
        rules.collect()
    }
}

/// A small picture of a series, beside a number that says how it stands.
pub(crate) fn spark(class: &'static str, points: &[Option<f64>]) -> Line {
    let size = (SPARK_WIDTH, SPARK_HEIGHT);
    // A little room above, so that the line is not cut in half.
    let top = highest([points].into_iter()).max(f64::MIN_POSITIVE) * 1.1;
    Line {
        class,
        path: line(points, top, size),
        area: area(points, top, size),
        ..Line::default()
    }
}

fn highest<'a>(series: impl Iterator<Item = &'a [Option<f64>]>) -> f64 {
    let points = series.flatten().flatten();
    points.copied().fold(0.0, f64::max)
}

/// A round number, of which [`STEPS`] reach as high as this.
fn step(highest: f64) -> f64 {
    let least = highest / f64::from(STEPS);
    if !least.is_normal() || least <= 0.0 {
        return 1.0;
    }
    let power = 10_f64.powf(least.log10().floor());
    let found = ROUND.into_iter().find(|round| round * power >= least);
    found.unwrap_or(10.0) * power
}

/// The runs of points that were measured, each with the place of its first.
fn runs(points: &[Option<f64>]) -> Vec<(u32, Vec<f64>)> {
    let mut runs: Vec<(u32, Vec<f64>)> = Vec::new();
    let mut is_open = false;
    for (place, point) in (0_u32..).zip(points) {
        match (point, runs.last_mut()) {
            (Some(value), Some((_, run))) if is_open => run.push(*value),
            (Some(value), _) => runs.push((place, vec![*value])),
            (None, _) => {}
        }
        is_open = point.is_some();
    }
    runs
}

/// Where the points of a run are.
fn places(
    (start, run): &(u32, Vec<f64>),
    count: usize,
    top: f64,
    (width, height): (f64, f64),
) -> Vec<(f64, f64)> {
    let last = u32::try_from(count.saturating_sub(1)).unwrap_or(u32::MAX);
    let part = width / f64::from(last.max(1));
    let point = |(place, value): (u32, &f64)| {
        let x = part * f64::from(start + place);
        (x, height - (value / top).clamp(0.0, 1.0) * height)
    };
    let mut found: Vec<_> = (0_u32..).zip(run).map(point).collect();
    // A point alone would be nothing to see.
    if let [(x, y)] = found[..] {
        let wide = (x + part.min(width / 50.0)).min(width);
        found = if wide > x {
            vec![(x, y), (wide, y)]
        } else {
            vec![(x - width / 50.0, y), (x, y)]
        };
    }
    found
}

fn line(points: &[Option<f64>], top: f64, size: (f64, f64)) -> String {
    let mut path = String::new();
    for run in runs(points) {
        for (number, place) in places(&run, points.len(), top, size).iter().enumerate() {
            to(&mut path, if number == 0 { 'M' } else { 'L' }, *place);
        }
    }
    path
}

fn area(points: &[Option<f64>], top: f64, size: (f64, f64)) -> String {
    let mut path = String::new();
    for run in runs(points) {
        let places = places(&run, points.len(), top, size);
        let (Some(first), Some(last)) = (places.first(), places.last()) else {
            continue;
        };
        to(&mut path, 'M', (first.0, size.1));
        for place in &places {
            to(&mut path, 'L', *place);
        }
        to(&mut path, 'L', (last.0, size.1));
        path.push('Z');
    }
    path
}

fn to(path: &mut String, how: char, (x, y): (f64, f64)) {
    let _ = write!(path, "{how}{} {}", coordinate(x), coordinate(y)); // a string takes all
}

/// With one decimal at most.
fn coordinate(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(points: &[Option<f64>]) -> Series {
        Series {
            class: "s1",
            points: points.to_vec(),
            is_filled: true,
            ..Series::default()
        }
    }

    fn draw(points: &[Option<f64>]) -> Chart {
        let label = |value: f64| format!("{value}");
        Chart::draw(String::new(), vec![series(points)], Vec::new(), label)
    }

    #[test]
    fn steps_are_round_and_reach_as_high_as_the_highest_point() {
        for (highest, expected) in [
            (0.0, 1.0),
            (3.0, 1.0),
            (3.1, 2.0),
            (2_300.0, 800.0),
            (27.0, 10.0),
            (0.06, 0.02),
        ] {
            let found = step(highest);
            assert!((found - expected).abs() < 1e-9, "{highest}: {found}");
            assert!(found * f64::from(STEPS) >= highest);
        }
        assert!((step(f64::NAN) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn points_are_drawn_from_left_to_right_and_higher_is_up() {
        let chart = draw(&[Some(0.0), Some(3.0), Some(1.5)]);
        assert_eq!(chart.y, ["3", "2", "1", "0"]);
        assert_eq!(chart.lines[0].path, "M0 180L300 0L600 90");
        assert_eq!(chart.lines[0].area, "M0 180L0 180L300 0L600 90L600 180Z");
        assert_eq!(chart.rules(), ["0", "60", "120", "180"]);
    }

    #[test]
    fn percent_are_of_a_hundred_whatever_was_measured() {
        let label = |value: f64| format!("{value}");
        let series = vec![series(&[Some(0.0), Some(50.0)])];
        let chart = Chart::draw_percent(String::new(), series, Vec::new(), label);
        assert_eq!(chart.y, ["100", "75", "50", "25", "0"]);
        assert_eq!(chart.lines[0].path, "M0 180L600 90");
        assert_eq!(chart.rules(), ["0", "45", "90", "135", "180"]);
    }

    #[test]
    fn what_was_not_measured_is_a_gap_and_a_point_alone_is_seen() {
        let chart = draw(&[Some(3.0), Some(3.0), None, Some(3.0), None]);
        assert_eq!(chart.lines[0].path, "M0 0L150 0M450 0L462 0");
        let last = draw(&[None, None, Some(3.0)]);
        assert_eq!(last.lines[0].path, "M588 0L600 0");
        assert_eq!(draw(&[]).lines[0].path, "");
        assert_eq!(draw(&[None, None]).lines[0].area, "");
    }

    #[test]
    fn a_small_picture_of_nothing_is_a_line_at_the_bottom() {
        let drawn = spark("s1", &[Some(0.0), Some(0.0)]);
        assert_eq!(drawn.path, "M0 32L96 32");
        let drawn = spark("sbad", &[Some(1.0), Some(2.0)]);
        assert!(drawn.path.starts_with("M0 17.5L96 2.9"), "{}", drawn.path);
    }
}

//! Measures calls against each other.
//!
//! Every figure is a ratio of CPU times of this process, taken in turns within one run, so that it
//! says the same on a busy machine, and on another. criterion and divan give the wall time of one
//! function alone, hence this.

#![allow(dead_code, unreachable_pub, reason = "no benchmark uses all of it")]

pub mod documents;
pub mod server;

use std::time::Duration;

use cpu_time::ProcessTime;

/// The CPU time that one sample takes at least.
const SAMPLE: Duration = Duration::from_millis(4);
/// How often each call is sampled; fewer times where that takes longer than `LONG`.
const ROUNDS: usize = 101;
const FEWEST_ROUNDS: usize = 15;
const LONG: Duration = Duration::from_secs(8);

/// Whether cargo asks for a measurement; a test run builds benchmarks and does not wait for them.
pub fn is_wanted() -> bool {
    std::env::args().any(|arg| arg == "--bench")
}

/// Nanoseconds of CPU time for one call, a row for each round.
pub struct Samples(Vec<Vec<f64>>);

/// Samples the calls in turns.
pub fn measure(calls: &mut [&mut dyn FnMut()]) -> Samples {
    let sizes: Vec<u32> = calls.iter_mut().map(|call| batch_size(*call)).collect();
    let began = ProcessTime::now();
    let mut rounds = Vec::new();
    while rounds.len() < ROUNDS && (rounds.len() < FEWEST_ROUNDS || began.elapsed() < LONG) {
        let mut row = vec![0.0; calls.len()];
        // None has always the same before it.
        let first = rounds.len() % calls.len();
        for index in (first..calls.len()).chain(0..first) {
            let time = batch(calls[index], sizes[index]);
            row[index] = time.as_secs_f64() * 1e9 / f64::from(sizes[index]);
        }
        rounds.push(row);
    }
    Samples(rounds)
}

fn batch_size(call: &mut dyn FnMut()) -> u32 {
    let mut size = 1;
    while batch(call, size) < SAMPLE {
        size *= 2;
    }
    size
}

fn batch(call: &mut dyn FnMut(), size: u32) -> Duration {
    let start = ProcessTime::now();
    for _ in 0..size {
        call();
    }
    start.elapsed()
}

impl Samples {
    /// The median over the rounds of what is made of a row.
    pub fn median(&self, figure: impl Fn(&[f64]) -> f64) -> f64 {
        let mut figures: Vec<f64> = self.0.iter().map(|row| figure(row)).collect();
        figures.sort_unstable_by(f64::total_cmp);
        figures[figures.len() / 2]
    }

    /// What is made of the calls' quiet times: one round in ten takes less. Little of what others
    /// do on the machine is in them, and no stroke of luck.
    pub fn quiet(&self, figure: impl Fn(&[f64]) -> f64) -> f64 {
        let quiet = |index: usize| {
            let mut times: Vec<f64> = self.0.iter().map(|row| row[index]).collect();
            times.sort_unstable_by(f64::total_cmp);
            times[times.len() / 10]
        };
        figure(&(0..self.0[0].len()).map(quiet).collect::<Vec<_>>())
    }
}

/// The head of a table of [`ratio`]s.
pub fn heading(title: &str) {
    println!("\n{title}\n");
    println!("| what | baseline | ratio | median of the rounds | at most | |");
    println!("|---|---:|---:|---:|---:|---|");
}

/// One line of a table: a figure made of samples whose first call is the baseline, and what it may be
/// at most, if anything is said of that.
pub fn ratio(
    what: &str,
    samples: &Samples,
    figure: impl Fn(&[f64]) -> f64,
    target: impl Into<Option<f64>>,
) {
    let quiet = samples.quiet(&figure);
    let median = samples.median(&figure);
    let baseline = shown(samples.quiet(|row| row[0]));
    let (most, verdict) = match target.into() {
        Some(target) => (format!("{target:.2}"), verdict(quiet <= target)),
        None => ("-".to_owned(), ""),
    };
    println!("| {what} | {baseline} | {quiet:.2} | {median:.2} | {most} | {verdict} |");
}

pub fn verdict(is_met: bool) -> &'static str {
    if is_met { "met" } else { "missed" }
}

/// A time in nanoseconds.
fn shown(time: f64) -> String {
    match time {
        ..1e3 => format!("{time:.0} ns"),
        ..1e6 => format!("{:.1} µs", time / 1e3),
        _ => format!("{:.1} ms", time / 1e6),
    }
}

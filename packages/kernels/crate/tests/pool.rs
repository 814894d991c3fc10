//! The pool under load: more threads than processors, so the system suspends them at every point.
#![cfg(not(target_family = "wasm"))]

use llm_kernels::linear::{self, Linear};
use llm_kernels::pool;
use llm_kernels::product::{Activation, Compute};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

#[test]
fn no_task_runs_after_its_job_has_ended() {
    let _alone = alone();
    pool::set_threads(12);
    let late = Arc::new(AtomicUsize::new(0));
    for round in 0..4000 {
        let ended = Arc::new(AtomicBool::new(false));
        let sum = AtomicUsize::new(0);
        let tasks = 2 + round % 29;
        pool::run(tasks, |i| {
            if ended.load(Ordering::SeqCst) {
                late.fetch_add(1, Ordering::SeqCst);
            }
            sum.fetch_add(i + 1, Ordering::Relaxed);
        });
        ended.store(true, Ordering::SeqCst);
        assert_eq!(sum.load(Ordering::Relaxed), tasks * (tasks + 1) / 2);
    }
    assert_eq!(late.load(Ordering::SeqCst), 0);
}

#[test]
fn a_slow_task_is_waited_for() {
    let _alone = alone();
    pool::set_threads(4);
    for slow in 0..8 {
        let done: Vec<_> = (0..8).map(|_| AtomicBool::new(false)).collect();
        pool::run(8, |i| {
            if i == slow {
                std::thread::sleep(Duration::from_millis(20));
            }
            done[i].store(true, Ordering::Relaxed);
        });
        assert!(done.iter().all(|done| done.load(Ordering::Relaxed)), "task {slow} slow");
    }
}

#[test]
fn callers_keep_their_own_results_and_panics_while_the_number_of_threads_changes() {
    let _alone = alone();
    let going = AtomicBool::new(true);
    std::thread::scope(|scope| {
        let callers: Vec<_> = (0..6).map(|caller| scope.spawn(move || calls(caller))).collect();
        let going = &going;
        scope.spawn(move || {
            for threads in (1..=5).cycle() {
                if !going.load(Ordering::Relaxed) {
                    break;
                }
                pool::set_threads(threads);
                std::thread::sleep(Duration::from_micros(200));
            }
        });
        let outcomes: Vec<_> = callers.into_iter().map(|caller| caller.join()).collect();
        going.store(false, Ordering::Relaxed);
        assert!(outcomes.iter().all(Result::is_ok));
    });
}

/// Jobs of one caller; every seventh has a task that panics with the caller's number and the round.
fn calls(caller: usize) {
    for round in 0..600 {
        let tasks = 1 + (caller + round) % 13;
        let mut out = vec![0; tasks];
        let cells: Vec<_> = out.iter_mut().map(Mutex::new).collect();
        let bad = (round % 7 == 0).then_some(round % tasks);
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            pool::run(tasks, |i| {
                if bad == Some(i) {
                    // Not `panic!`, which would print.
                    std::panic::resume_unwind(Box::new((caller, round)));
                }
                **cells[i].lock().unwrap() = caller * 1000 + i;
            })
        }));
        match outcome {
            Ok(()) => {
                assert_eq!(bad, None);
                assert_eq!(out, (0..tasks).map(|i| caller * 1000 + i).collect::<Vec<_>>());
            }
            Err(panic) => assert_eq!(panic.downcast_ref(), Some(&(caller, round))),
        }
    }
}

#[test]
fn kernels_give_several_callers_the_bits_of_one_thread() {
    let _alone = alone();
    pool::set_threads(1);
    let expected: Vec<_> = (0..8).map(results).collect();
    let going = AtomicBool::new(true);
    std::thread::scope(|scope| {
        let (going, expected) = (&going, &expected);
        let callers: Vec<_> = (0..4)
            .map(|caller| {
                scope
                    .spawn(move || (0..16).all(|round| results((caller + round) % 8) == expected[(caller + round) % 8]))
            })
            .collect();
        scope.spawn(move || {
            for threads in (1..=5).cycle().take_while(|_| going.load(Ordering::Relaxed)) {
                pool::set_threads(threads);
                std::thread::sleep(Duration::from_micros(200));
            }
        });
        let outcomes: Vec<_> = callers.into_iter().map(|caller| caller.join()).collect();
        going.store(false, Ordering::Relaxed);
        assert!(outcomes.into_iter().all(|same| same.is_ok_and(|same| same)));
    });
}

/// The bits of a linear layer and its gradients: large enough for all threads, operands packed and not.
fn results(case: usize) -> Vec<u32> {
    let (rows, inputs, outputs) = [(300, 96, 130), (40, 257, 64), (7, 300, 300), (130, 512, 65)][case % 4];
    let numbers = |n: usize| -> Vec<f32> { (0..n).map(|i| ((i * 7919 + case) % 2003) as f32 / 2003.0 - 0.5).collect() };
    let (x, weight, dy) = (numbers(rows * inputs), numbers(inputs * outputs), numbers(rows * outputs));
    let compute = if case < 4 { Compute::F32 } else { Compute::Bf16 };
    let (transposed, activation) = (case % 2 == 1, Some(Activation::GeluTanh));
    let linear = Linear { x: &x, weight: &weight, transposed, rows, inputs, outputs, activation, compute };
    let [mut y, mut hidden] = [(); 2].map(|()| vec![0.0; dy.len()]);
    let (mut dx, mut d_weight, mut d_bias) = (vec![0.0; x.len()], vec![0.0; weight.len()], vec![0.0; outputs]);
    linear::forward(&linear, None, None, &mut y, Some(&mut hidden));
    linear::backward(&linear, &dy, &hidden, &mut dx, &mut d_weight, Some(&mut d_bias));
    [y, dx, d_weight, d_bias].concat().into_iter().map(f32::to_bits).collect()
}

#[test]
fn callers_that_end_leave_the_pool_whole() {
    let _alone = alone();
    pool::set_threads(3);
    let sum = AtomicUsize::new(0);
    for _ in 0..100 {
        let call = || {
            pool::run(5, |i| {
                sum.fetch_add(i, Ordering::Relaxed);
            })
        };
        std::thread::scope(|scope| (0..3).for_each(|_| drop(scope.spawn(call))));
    }
    assert_eq!(sum.load(Ordering::Relaxed), 100 * 3 * 10);
}

#[test]
#[cfg(target_os = "linux")]
fn a_pool_that_is_replaced_ends_its_threads() {
    let _alone = alone();
    for threads in (2..12).chain([1]) {
        pool::set_threads(threads);
        pool::run(threads, |_| std::thread::yield_now());
    }
    let start = Instant::now();
    while helpers() > 0 {
        assert!(start.elapsed() < Duration::from_secs(20), "{} threads are left", helpers());
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The threads of this process that carry the pool's name.
#[cfg(target_os = "linux")]
fn helpers() -> usize {
    let names = std::fs::read_dir("/proc/self/task").unwrap();
    let names = names.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok());
    names.filter(|name| name.starts_with("llm-kernels")).count()
}

/// The pool is the process's: one test at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

//! A pool of threads that share the tasks of one job at a time.
//!
//! The threads spin for a moment after a job, letting others by, and then sleep, because a training step is hundreds of
//! short jobs. The caller takes tasks too and waits only for threads that have begun one, so a thread the system has
//! suspended delays nothing. A second caller (another Node worker thread) finds the pool taken and does its tasks alone.
//! What a task computes must not depend on which thread runs it: then results do not depend on the thread count.

use crate::resident::stay_loaded;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, TryLockError};
use std::thread::Thread;

/// Runs `task(0)`, ..., `task(tasks - 1)`, on all threads of the pool, and returns when all are done.
pub fn run(tasks: usize, task: impl Fn(usize) + Sync) {
    let pool = POOL.get_or_init(|| Mutex::new(Pool::new(default_threads())));
    if tasks > 1 {
        match pool.try_lock() {
            Ok(pool) => return pool.run(tasks, &task),
            // A task panicked once; the pool itself is whole.
            Err(TryLockError::Poisoned(pool)) => return pool.into_inner().run(tasks, &task),
            Err(TryLockError::WouldBlock) => {}
        }
    }
    (0..tasks).for_each(task);
}

/// How many threads work on a job, the caller included.
pub fn threads() -> usize {
    lock().helpers.len() + 1
}

/// Sets how many threads work on a job, the caller included; waits for a running job to end.
pub fn set_threads(threads: usize) {
    let mut pool = lock();
    if threads != pool.helpers.len() + 1 {
        *pool = Pool::new(threads);
    }
}

/// The processors this process may use: affinity and the control group's limit count.
pub fn default_threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

static POOL: OnceLock<Mutex<Pool>> = OnceLock::new();

/// Rounds of spinning before a thread sleeps, some hundred microseconds.
const SPINS: u32 = 20_000;

/// The state word: the job's number, whether threads may still join it, how many have joined and not left.
const OPEN: u64 = 1 << 31;
const ACTIVE: u64 = OPEN - 1;
const JOB: u64 = 1 << 32;

/// Rounds of spinning after which another thread may have the processor: the system otherwise takes it away in the
/// midst of a task, from a thread that has used up its time by spinning, and the others wait for that task.
const ROUNDS_UNTIL_YIELD: u32 = 64;

fn spin(round: u32) {
    if round.is_multiple_of(ROUNDS_UNTIL_YIELD) {
        std::thread::yield_now();
    }
    std::hint::spin_loop();
}

struct Pool {
    shared: Arc<Shared>,
    helpers: Vec<Thread>,
}

struct Shared {
    state: AtomicU64,
    job: AtomicPtr<Job>,
    stop: AtomicBool,
    asleep: Vec<AtomicBool>,
}

/// A thread takes tasks from a range of its own first, then from those of the others: neighbouring tasks of one job after
/// another fall to one thread, which has what they share, and what it wrote before, in its cache.
struct Job {
    task: *const (dyn Fn(usize) + Sync),
    tasks: usize,
    ranges: usize,
    /// The next task of each range.
    next: [Next; MOST_RANGES],
    panic: Mutex<Option<Box<dyn Any + Send>>>,
}

const MOST_RANGES: usize = 16;

/// On a cache line of its own.
#[repr(align(64))]
struct Next(AtomicUsize);

fn lock() -> MutexGuard<'static, Pool> {
    let pool = POOL.get_or_init(|| Mutex::new(Pool::new(default_threads())));
    pool.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

impl Pool {
    fn new(threads: usize) -> Pool {
        stay_loaded();
        let helpers = threads.max(1) - 1;
        let shared = Arc::new(Shared {
            state: AtomicU64::new(0),
            job: AtomicPtr::new(std::ptr::null_mut()),
            stop: AtomicBool::new(false),
            asleep: (0..helpers).map(|_| AtomicBool::new(false)).collect(),
        });
        let start = |index| {
            let shared = shared.clone();
            let builder = std::thread::Builder::new().name(format!("llm-kernels-{index}"));
            let handle = builder.spawn(move || shared.help(index));
            handle.ok().map(|handle| handle.thread().clone())
        };
        // A system that refuses more threads gives a smaller pool.
        let helpers = (0..helpers).map_while(start).collect();
        Pool { shared, helpers }
    }

    fn run(&self, tasks: usize, task: &(dyn Fn(usize) + Sync)) {
        let ranges = (self.helpers.len() + 1).min(MOST_RANGES);
        let job = Job {
            // SAFETY: only the lifetime changes; `run` returns after every thread has left the job.
            task: unsafe {
                std::mem::transmute::<*const (dyn Fn(usize) + Sync + '_), *const (dyn Fn(usize) + Sync)>(task)
            },
            tasks,
            ranges,
            next: std::array::from_fn(|range| Next(AtomicUsize::new(start(range, tasks, ranges)))),
            panic: Mutex::new(None),
        };
        let shared = &*self.shared;
        shared.job.store(&raw const job as *mut Job, Ordering::Relaxed);
        let number = (shared.state.load(Ordering::Relaxed) & !ACTIVE & !OPEN).wrapping_add(JOB);
        shared.state.store(number | OPEN, Ordering::SeqCst);
        for (helper, asleep) in self.helpers.iter().zip(&shared.asleep).take(tasks - 1) {
            if asleep.load(Ordering::SeqCst) {
                helper.unpark();
            }
        }
        job.work(0);
        shared.state.fetch_and(!OPEN, Ordering::AcqRel);
        let mut rounds = 0u32;
        while shared.state.load(Ordering::Acquire) & ACTIVE != 0 {
            rounds += 1;
            spin(rounds);
        }
        let panic = job.panic.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).take();
        if let Some(panic) = panic {
            resume_unwind(panic);
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        self.helpers.iter().for_each(Thread::unpark);
    }
}

/// The first task of a range.
fn start(range: usize, tasks: usize, ranges: usize) -> usize {
    // In u128 since a product of two counts may pass a word's end.
    (range as u128 * tasks as u128 / ranges as u128) as usize
}

impl Job {
    /// Takes tasks until none is left; the caller is thread 0.
    fn work(&self, thread: usize) {
        // SAFETY: the task outlives the job, see `Pool::run`.
        let task = unsafe { &*self.task };
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            for turn in 0..self.ranges {
                let range = (thread + turn) % self.ranges;
                let end = start(range + 1, self.tasks, self.ranges);
                loop {
                    let index = self.next[range].0.fetch_add(1, Ordering::Relaxed);
                    if index >= end {
                        break;
                    }
                    task(index);
                }
            }
        }));
        if let Err(panic) = outcome {
            self.next.iter().for_each(|next| next.0.store(self.tasks, Ordering::Relaxed));
            self.panic.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).get_or_insert(panic);
        }
    }
}

impl Shared {
    fn help(&self, index: usize) {
        let mut seen = 0;
        loop {
            let number = self.wait(index, seen);
            if self.stop.load(Ordering::Relaxed) {
                return;
            }
            seen = number;
            if self.join(number) {
                // SAFETY: the caller keeps the job alive while a thread has joined it.
                unsafe { (*self.job.load(Ordering::Relaxed)).work(index + 1) };
                self.state.fetch_sub(1, Ordering::AcqRel);
            }
        }
    }

    /// Waits for a job with another number than `seen`, and returns its number.
    fn wait(&self, index: usize, seen: u64) -> u64 {
        let mut rounds = 0;
        loop {
            let state = self.state.load(Ordering::SeqCst);
            let number = state & !OPEN & !ACTIVE;
            if (number != seen && state & OPEN != 0) || self.stop.load(Ordering::SeqCst) {
                return number;
            }
            rounds += 1;
            if rounds < SPINS {
                spin(rounds);
                continue;
            }
            self.asleep[index].store(true, Ordering::SeqCst);
            let state = self.state.load(Ordering::SeqCst);
            let new = state & !OPEN & !ACTIVE != seen && state & OPEN != 0;
            if !new && !self.stop.load(Ordering::SeqCst) {
                std::thread::park();
            }
            self.asleep[index].store(false, Ordering::SeqCst);
            rounds = 0;
        }
    }

    /// Counts this thread in, unless the job has ended.
    fn join(&self, number: u64) -> bool {
        let join = |state: u64| (state & !OPEN & !ACTIVE == number && state & OPEN != 0).then_some(state + 1);
        self.state.fetch_update(Ordering::AcqRel, Ordering::Acquire, join).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_task_runs_once() {
        for tasks in [0, 1, 2, 3, 100] {
            let counts: Vec<_> = (0..tasks).map(|_| AtomicUsize::new(0)).collect();
            for _ in 0..1000 {
                run(tasks, |i| {
                    counts[i].fetch_add(1, Ordering::Relaxed);
                });
            }
            assert!(counts.iter().all(|count| count.load(Ordering::Relaxed) == 1000));
        }
    }

    #[test]
    #[cfg_attr(target_family = "wasm", ignore = "no threads and no unwinding there")]
    fn two_callers_and_a_call_within_a_call_work() {
        let sum = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..500 {
                        run(4, |_| {
                            run(4, |i| {
                                sum.fetch_add(i, Ordering::Relaxed);
                            })
                        });
                    }
                });
            }
        });
        assert_eq!(sum.load(Ordering::Relaxed), 4 * 500 * 4 * 6);
    }

    #[test]
    #[cfg_attr(target_family = "wasm", ignore = "no threads and no unwinding there")]
    fn a_panic_reaches_the_caller_and_the_pool_goes_on() {
        let outcome = catch_unwind(|| run(8, |i| assert!(i != 5, "task 5")));
        assert!(outcome.is_err());
        let sum = AtomicUsize::new(0);
        run(8, |i| {
            sum.fetch_add(i, Ordering::Relaxed);
        });
        assert_eq!(sum.load(Ordering::Relaxed), 28);
    }

    #[test]
    #[cfg_attr(target_family = "wasm", ignore = "no threads and no unwinding there")]
    fn the_number_of_threads_can_change() {
        set_threads(3);
        assert_eq!(threads(), 3);
        let sum = AtomicUsize::new(0);
        run(10, |i| {
            sum.fetch_add(i, Ordering::Relaxed);
        });
        assert_eq!(sum.load(Ordering::Relaxed), 45);
        set_threads(default_threads());
    }
}

use super::check::{Range, all_apart, error, guard, length, size};
use crate::adafactor::{self, Numbers, Second};
use crate::elementwise::Adam;
use crate::updates::{self, AdamW, Tensors};
use napi::Result;
use napi::bindgen_prelude::Float32ArraySlice;
use napi_derive::napi;

/// AdamW in place: tensor i has the decay `decays[i]`; `correction1` is 1 - beta1^step.
#[napi]
pub fn adam_w(
    parameters: Vec<Float32ArraySlice>,
    gradients: Vec<&[f32]>,
    m: Vec<Float32ArraySlice>,
    v: Vec<Float32ArraySlice>,
    decays: &[f64],
    rate: f64,
    beta1: f64,
    beta2: f64,
    epsilon: f64,
    correction1: f64,
    correction2: f64,
    gradient_scale: f64,
) -> Result<()> {
    const NAME: &str = "adamW";
    let n = parameters.len();
    for (name, found) in [("gradients", gradients.len()), ("m", m.len()), ("v", v.len()), ("decays", decays.len())] {
        if found != n {
            return Err(error(NAME, format!("expected {name} of {n} tensors, got {found}")));
        }
    }
    for i in 0..n {
        let expected = parameters[i].len();
        length(NAME, &format!("gradient {i}"), gradients[i].len(), expected)?;
        length(NAME, &format!("m {i}"), m[i].len(), expected)?;
        length(NAME, &format!("v {i}"), v[i].len(), expected)?;
    }
    let written = [&parameters, &m, &v];
    let outputs = written.into_iter().flatten().map(|x| Range::from(&**x));
    all_apart(NAME, outputs.collect(), gradients.iter().map(|&x| Range::from(x)).collect())?;
    let moments = m.into_iter().zip(v);
    let tensors = parameters.into_iter().zip(gradients).zip(moments).zip(decays);
    let mut tensors: Vec<_> = tensors.map(|(((p, g), (m, v)), &decay)| (p, g, m, v, decay as f32)).collect();
    let tensors = tensors.iter_mut().map(|(p, gradient, m, v, decay)| {
        // SAFETY: no other slice of this call covers this memory, and JavaScript waits for the call.
        let (parameter, m, v) = unsafe { (p.as_mut(), m.as_mut(), v.as_mut()) };
        Tensors { parameter, gradient, m, v, decay: *decay }
    });
    let tensors = tensors.collect();
    let adam = Adam::new(beta1, beta2, epsilon, correction1, correction2);
    let numbers = AdamW { rate: rate as f32, adam, gradient_scale: gradient_scale as f32 };
    guard(NAME, || updates::adam_w(tensors, numbers))
}

/// The square root of the sum of the squares of all elements of all tensors.
#[napi]
pub fn global_norm(tensors: Vec<&[f32]>) -> Result<f64> {
    guard("globalNorm", || updates::global_norm(&tensors))
}

/// Adafactor in place. Tensor i with `widths[i]` = 0 has its second moments in `rows[i]`, one for each element; another
/// is [batch, rows, widths[i]] and has those of its rows and columns. `first` is empty or has one tensor for each.
#[napi]
pub fn adafactor(
    parameters: Vec<Float32ArraySlice>,
    gradients: Vec<&[f32]>,
    rows: Vec<Float32ArraySlice>,
    columns: Vec<Float32ArraySlice>,
    first: Vec<Float32ArraySlice>,
    widths: &[f64],
    decays: &[f64],
    rate: f64,
    beta1: f64,
    beta2: f64,
    epsilon: f64,
    least_size: f64,
    clip: f64,
    gradient_scale: f64,
) -> Result<()> {
    const NAME: &str = "adafactor";
    let n = parameters.len();
    let lists = [
        ("gradients", gradients.len()),
        ("rows", rows.len()),
        ("columns", columns.len()),
        ("widths", widths.len()),
        ("decays", decays.len()),
        ("first", if first.is_empty() { n } else { first.len() }),
    ];
    for (name, found) in lists {
        if found != n {
            return Err(error(NAME, format!("expected {name} of {n} tensors, got {found}")));
        }
    }
    let mut batches = Vec::with_capacity(n);
    for i in 0..n {
        let expected = parameters[i].len();
        length(NAME, &format!("gradient {i}"), gradients[i].len(), expected)?;
        if let Some(first) = first.get(i) {
            length(NAME, &format!("first {i}"), first.len(), expected)?;
        }
        let width = size(NAME, &format!("width {i}"), widths[i])?;
        if width == 0 {
            length(NAME, &format!("rows {i}"), rows[i].len(), expected)?;
            length(NAME, &format!("columns {i}"), columns[i].len(), 0)?;
            batches.push(0);
            continue;
        }
        let (height, wide) = (rows[i].len(), columns[i].len());
        let batch = wide / width;
        if wide % width != 0 || height.checked_mul(width) != Some(expected) || batch == 0 || height % batch != 0 {
            let message = format!(
                "expected rows and columns of a tensor of {expected} elements with {width} columns, got {height} and {wide}"
            );
            return Err(error(NAME, message));
        }
        batches.push(batch);
    }
    let written = [&parameters, &rows, &columns, &first];
    let outputs = written.into_iter().flatten().map(|x| Range::from(&**x));
    all_apart(NAME, outputs.collect(), gradients.iter().map(|&x| Range::from(x)).collect())?;
    let mut first = first.into_iter();
    let tensors = parameters.into_iter().zip(rows).zip(columns).map(|((p, rows), columns)| (p, rows, columns));
    let mut tensors: Vec<_> = tensors.map(|(p, rows, columns)| (p, rows, columns, first.next())).collect();
    let tensors = tensors.iter_mut().enumerate().map(|(i, (parameter, rows, columns, first))| {
        // SAFETY: no other slice of this call covers this memory, and JavaScript waits for the call.
        let (parameter, rows, columns) = unsafe { (parameter.as_mut(), rows.as_mut(), columns.as_mut()) };
        let second = match batches[i] {
            0 => Second::Whole(rows),
            batch => Second::Factored { rows, columns, batch },
        };
        // SAFETY: as above.
        let first = first.as_mut().map(|first| unsafe { first.as_mut() });
        adafactor::Tensor { parameter, gradient: gradients[i], second, first, decay: decays[i] }
    });
    let tensors = tensors.collect();
    let numbers = Numbers { rate, beta2, beta1, epsilon, least_size, clip, gradient_scale: gradient_scale as f32 };
    guard(NAME, || adafactor::adafactor(tensors, numbers))
}

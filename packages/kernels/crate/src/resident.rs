//! Keeps this code in memory. A Node worker thread that ends unloads its addons, but the pool's threads go on running.

/// Does so on Windows and macOS; `build.rs` asks the linker for it on Linux.
pub fn stay_loaded() {
    static DONE: std::sync::Once = std::sync::Once::new();
    DONE.call_once(pin);
}

#[cfg(windows)]
fn pin() {
    use std::ffi::c_void;
    unsafe extern "system" {
        fn GetModuleHandleExW(flags: u32, address: *const u16, module: *mut *mut c_void) -> i32;
    }
    const PIN: u32 = 1;
    const FROM_ADDRESS: u32 = 4;
    let mut module = std::ptr::null_mut();
    // SAFETY: the address lies in this module; a failure leaves all as it was.
    unsafe { GetModuleHandleExW(PIN | FROM_ADDRESS, pin as *const () as *const u16, &raw mut module) };
}

#[cfg(target_os = "macos")]
fn pin() {
    use std::ffi::{c_char, c_int, c_void};
    #[repr(C)]
    struct Image {
        path: *const c_char,
        base: *mut c_void,
        symbol: *const c_char,
        address: *mut c_void,
    }
    unsafe extern "C" {
        fn dladdr(address: *const c_void, image: *mut Image) -> c_int;
        fn dlopen(path: *const c_char, mode: c_int) -> *mut c_void;
    }
    const NOW: c_int = 0x2;
    const NO_DELETE: c_int = 0x80;
    let (text, null) = (std::ptr::null(), std::ptr::null_mut());
    let mut image = Image { path: text, base: null, symbol: text, address: null };
    // SAFETY: the address lies in this image, whose path is valid while it is loaded.
    unsafe {
        if dladdr(pin as *const () as *const c_void, &raw mut image) != 0 {
            dlopen(image.path, NOW | NO_DELETE);
        }
    }
}

#[cfg(not(any(windows, target_os = "macos")))]
fn pin() {}

fn main() {
    #[cfg(feature = "node")]
    napi_build::setup();
    // A Node worker thread that ends unloads its addons, but the threads of the pool go on running this code.
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}

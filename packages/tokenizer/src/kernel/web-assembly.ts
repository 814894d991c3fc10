/** What the kernel needs of WebAssembly, which is part of no ES library: its types come with those of browsers. */
interface WebAssemblyNamespace {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (
    module: object,
    imports: { env: { memory: WebAssemblyMemory } },
  ) => { readonly exports: Readonly<Record<string, unknown>> }
  readonly Memory: new (pages: { initial: number; maximum: number }) => WebAssemblyMemory
}

export interface WebAssemblyMemory {
  readonly buffer: ArrayBuffer
  /** Adds pages of 64 KiB. The buffer is another one afterwards. */
  grow(pages: number): number
}

declare const WebAssembly: WebAssemblyNamespace

/** WebAssembly, or undefined where the runtime has none. */
export function webAssembly(): WebAssemblyNamespace | undefined {
  return typeof WebAssembly === 'undefined' ? undefined : WebAssembly
}

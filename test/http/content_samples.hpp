/// Bodies as servers encode them, for tests.
#pragma once

#include <brotli/encode.h>
#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <string>
#include <string_view>

#include "content_stage.hpp"

namespace trawl::http {

/// `window_bits` as zlib has them: 15 zlib, 31 gzip, -15 neither header nor check.
inline std::string encode_zlib(std::string_view text, int window_bits) {
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
    std::string out(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

inline std::string encode_raw_deflate(std::string_view text) { return encode_zlib(text, -15); }

inline std::string encode_brotli(std::string_view text) {
    std::size_t size = BrotliEncoderMaxCompressedSize(text.size()) + 16;
    std::string out(size, '\0');
    const auto* in = reinterpret_cast<const std::uint8_t*>(text.data());
    auto* to = reinterpret_cast<std::uint8_t*>(out.data());
    EXPECT_EQ(BrotliEncoderCompress(5, BROTLI_MAX_WINDOW_BITS, BROTLI_MODE_TEXT, text.size(), in, &size, to),
              BROTLI_TRUE);
    out.resize(size);
    return out;
}

/// A frame with a check and without its size, as a server that streams writes it; 0: libzstd chooses the window.
inline std::string encode_zstd_window(std::string_view text, int window_log) {
    ZSTD_CCtx* context = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
    std::string out(ZSTD_compressBound(text.size()), '\0');
    ZSTD_inBuffer from{text.data(), text.size(), 0};
    ZSTD_outBuffer to{out.data(), out.size(), 0};
    while (from.pos < from.size) ZSTD_compressStream2(context, &to, &from, ZSTD_e_continue);
    EXPECT_EQ(ZSTD_compressStream2(context, &to, &from, ZSTD_e_end), 0U);
    out.resize(to.pos);
    ZSTD_freeCCtx(context);
    return out;
}

inline std::string encode(Coding coding, std::string_view text) {
    switch (coding) {
        case Coding::gzip:
            return encode_zlib(text, 31);
        case Coding::deflate:
            return encode_zlib(text, 15);
        case Coding::br:
            return encode_brotli(text);
        case Coding::zstd:
            break;
    }
    return encode_zstd_window(text, 0);
}

}  // namespace trawl::http

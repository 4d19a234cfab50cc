"""Is a trained trader any good, and what does it do under stress?"""

"""What are an ordering and norms worth on a published bank that knows the world? New tasks on a DINOv2-S.

Example:
    python -m benchmarks.published_transfer --data_dir=DIR --only=20,letters,sketch
    python -m benchmarks.published_transfer --data_dir=DIR --only=5,heads,whole

The bank is that of `benchmarks.published`, at 98 pixels; see there for what it needs. New tasks from 5, 20, 100 images
a class, or up to 5000 in all ("full"), are learnt in each way from the same images: the order of the blocks, norms,
both, kernels in few directions with about as many numbers as the norms, everything; and, with the blocks as published,
the head alone on the last features ("linear probe") or on those behind the best depth, which leave-one-out chooses from
the same images: the control that an ordering has to beat. Test images are seen once, at the end.
`--only` takes sizes, targets, and groups of ways: "heads" (nothing but a head trains), "orderings" (after a search),
"few" (norms or kernels in few directions beside the head), "whole" (full fine-tuning). Of what is not named all is run.
"""

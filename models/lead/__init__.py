"""The LEAD model in the order of its architecture: tm_image, encoder, aggregator, qwen2 with adapters,
conditioner, unet, diffusion; model puts them together."""

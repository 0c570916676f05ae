with

source as (

    select * from {{ source('landing', 'published_figures') }}

),

renamed as (

    select
        -- ids
        figure_id,

        -- text
        printed,
        qualifier,

        -- numerics
        value,
        step,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed

with

source as (

    select * from {{ source('landing', 'released_figures') }}

),

renamed as (

    select
        -- ids
        release,
        figure_id,

        -- numerics
        year,
        value,
        numerator,
        denominator
    from source

)

select * from renamed

with

source as (

    select * from {{ source('landing', 'campaigns') }}

),

renamed as (

    select
        -- text
        title,

        -- booleans
        gender_approach as has_gender_approach,

        -- dates
        starts_on,
        ends_on,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed

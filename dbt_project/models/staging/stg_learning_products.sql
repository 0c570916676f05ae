with

source as (

    select * from {{ source('landing', 'learning_products') }}

),

renamed as (

    select
        -- text
        title,
        kind,

        -- dates
        uploaded_on,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
